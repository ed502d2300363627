"""In a browser: a password may be pasted, and what a device keeps is sealed so that nobody can change it unseen."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# True when no script of the page stops it.
PASTE = """field => field.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true }))"""
SEAL = """async () => {
  const { keyFrom, seal, unseal } = await import("/static/lerarenkaart/desk/crypto.js");
  const base64 = (byte) => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
  const { key } = await keyFrom(base64(7));
  const other = (await keyFrom(base64(8))).key;
  const thing = { naam: "Aerts" };
  const [first, second] = [await seal(key, thing), await seal(key, thing)];
  const opens = async (key, sealed) => unseal(key, sealed).then(() => true, () => false);
  const changed = [];
  for (const part of ["iv", "data"]) {
    const size = new Uint8Array(first[part]).length;
    for (let at = 0; at < size; at += 1) {
      const bytes = new Uint8Array(first[part]).slice();
      bytes[at] ^= 1;
      changed.push(await opens(key, { ...first, [part]: bytes }));
    }
  }
  const hex = (bytes) => Array.from(new Uint8Array(bytes)).join();
  return {
    algorithm: [key.algorithm.name, key.algorithm.length, key.extractable, first.iv.length],
    same: (await unseal(key, first)).naam,
    fresh: hex(first.iv) !== hex(second.iv) && hex(first.data) !== hex(second.data),
    other: await opens(other, first),
    changed,
  };
}"""


@pytest.mark.parametrize("path", ["/account/login/", "/account/wachtwoord/vergeten/"])
def test_a_password_may_be_pasted(path: str, page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + path)
    fields = page.locator("main input:not([type=hidden])")

    assert fields.count() > 0
    assert [fields.nth(at).evaluate(PASTE) for at in range(fields.count())] == [True] * fields.count()


def test_what_a_device_keeps_is_sealed_and_every_change_shows(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/toegankelijkheid/")

    told = page.evaluate(SEAL)

    assert told["algorithm"] == ["AES-GCM", 256, False, 12]
    assert (told["same"], told["fresh"], told["other"]) == ("Aerts", True, False)
    assert len(told["changed"]) > 30
    assert not any(told["changed"])
