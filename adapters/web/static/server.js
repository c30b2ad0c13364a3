// The way to the server and back. What goes wrong is said in words that the page can show.

export class Trouble extends Error {}

export async function ask(path, body) {
  const response = await reach(path, body);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Trouble(`The playground did not take this: ${answer.error ?? response.statusText}.`);
  }
  return answer;
}

async function reach(path, body) {
  try {
    return await fetch(path, body === undefined ? {} : posted(body));
  } catch {
    throw new Trouble("The playground does not answer. Perhaps it was stopped.");
  }
}

function posted(body) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

// Calls back at once, and whenever something has changed anywhere.
export function listen({ onNews, onLost }) {
  const source = new EventSource("/news");
  source.onmessage = (event) => onNews(JSON.parse(event.data));
  source.onerror = () => {
    onLost();
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => listen({ onNews, onLost }), 3000);
    }
  };
}
