// Days and times on a person's own clock.

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, formatter(zone, options));
  }
  return formats.get(key);
}

function formatter(zone, options) {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }); // a zone this browser has not heard of
  }
}

const parts = (at, zone, options) => format(zone, options).format(new Date(at)).replaceAll(",", "");

export const clock = (at, zone) => parts(at, zone, { hour: "2-digit", minute: "2-digit" });

export const shortDay = (at, zone) => parts(at, zone, { weekday: "short", day: "numeric", month: "short" });

export const dayOf = (at, zone) =>
  parts(at, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

// How many hours the clocks of two zones are apart.
export function hoursApart(at, zone, other) {
  return Math.abs(ahead(at, zone) - ahead(at, other));
}

function ahead(at, zone) {
  const [, sign, hours, minutes] =
    parts(at, zone, { timeZoneName: "longOffset" }).match(/GMT([+-])(\d+):(\d+)/) ?? [];
  return sign ? Number(`${sign}1`) * (Number(hours) + Number(minutes) / 60) : 0;
}
