import logging, pytest
def test_a(): logging.getLogger("bot.bot").error("ouch")
@pytest.mark.expects_errors
def test_b(): logging.getLogger("bot.bot").error("ouch")
def test_c(): pytest.skip("Chromium is not installed")
