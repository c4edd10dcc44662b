"""The portal's side of script/fuzz-api.

As a program it logs in to a demo as its admin, as a browser does, creates tokens of the API, and looks which ids there are:

    fuzz_api.py begin READY.json FOUND.json     prints the portal's address
    fuzz_api.py end STATUSES.json               fails where no call came through

As a hook of Schemathesis it gives each call the next of these tokens, and every other one an id that is there.
"""

import atexit
import collections

import html
import http.cookiejar
import itertools
import json
import re
import sys
import urllib.parse
import urllib.request

# A company has 50 at most.
TOKENS = 45
PAGE = "/settings/company/api-tokens"
FOUND = "found.json"
STATUSES = "statuses.json"


def field(page, mark):
    """The value of the first input that has this mark."""
    found = re.search(rf'<input[^>]*{mark}[^>]*\bvalue="([^"]*)"', page)
    if not found:
        sys.exit(f"no {mark} in {page}")
    return html.unescape(found.group(1))


class Browser:
    def __init__(self, base):
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.base, self.opener = base.rstrip("/"), urllib.request.build_opener(jar)

    def get(self, path):
        return self.opener.open(self.base + path, timeout=30).read().decode()

    def post(self, path, page, fields):
        form = [("csrf", field(page, 'name="csrf"')), *fields]
        data = urllib.parse.urlencode(form).encode()
        return self.opener.open(self.base + path, data, timeout=30).read().decode()


def listed(base, token, name):
    """The ids of a list of the API."""
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{base}/api/v1/{name}?limit=100", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return [row["id"] for row in json.load(answer)["data"]]


def begin(ready, found):
    with open(ready, encoding="utf-8") as file:
        demo = json.load(file)
    base = demo["portal"].rstrip("/")
    admin = next(account for account in demo["accounts"] if account["role"] == "admin")
    browser = Browser(base)
    log_in = [("email", admin["email"]), ("password", admin["password"]), ("next", PAGE)]
    page = browser.post("/login", browser.get("/login"), log_in)
    scopes = [("scopes", scope) for scope in re.findall(r'name="scopes" value="([^"]+)"', page)]
    if not scopes:
        sys.exit(f"the log-in did not lead to {PAGE}: {page}")
    tokens = []
    for number in range(TOKENS):
        page = browser.post(PAGE, page, [("token_name", f"Fuzz {number}"), ("expires", "30"), *scopes])
        tokens.append(field(page, 'id="new_token"'))
    ids = {name: listed(base, tokens[0], name) for name in ("candidates", "events", "invitations")}
    with open(found, "w", encoding="utf-8") as file:
        json.dump({"tokens": tokens, "ids": ids}, file)
    print(base)


def end(statuses):
    """Refusals are described, too: a run in which everything is refused shows nothing."""
    with open(statuses, encoding="utf-8") as file:
        counted = json.load(file)
    print("Answers:", ", ".join(f"{status}: {times}" for status, times in sorted(counted.items())))
    missing = [status for status in ("200", "202", "404", "422") if status not in counted]
    if missing or counted.get("401"):
        sys.exit(f"no call was answered {', '.join(missing)}" if missing else "tokens were refused")


if __name__ == "__main__":
    {"begin": begin, "end": end}[sys.argv[1]](*sys.argv[2:])
else:
    import schemathesis

    with open(FOUND, encoding="utf-8") as file:
        KNOWN = json.load(file)
    TOKEN = itertools.cycle(KNOWN["tokens"])
    IDS = {name: itertools.cycle(ids) for name, ids in KNOWN["ids"].items()}
    TURN = itertools.cycle([True, False])
    COUNTED = collections.Counter()

    @schemathesis.hook
    def before_call(context, case, kwargs):
        case.headers["Authorization"] = f"Bearer {next(TOKEN)}"
        name = case.path.split("/")[3]
        if "{id}" in case.path and next(TURN):
            case.path_parameters["id"] = next(IDS[name])

    @schemathesis.hook
    def after_call(context, case, response):
        COUNTED[str(response.status_code)] += 1

    @atexit.register
    def keep():
        with open(STATUSES, "w", encoding="utf-8") as file:
            json.dump(COUNTED, file)
