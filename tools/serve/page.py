"""Draws on the page of `serve` in a browser: with mouse, finger and keyboard."""

import base64
import os

import clients
import devtools

# Strokes of digits in a square of side 1.
SEVEN = [[(0.25, 0.2), (0.5, 0.19), (0.75, 0.2), (0.6, 0.45), (0.45, 0.85)]]
FOUR = [[(0.35, 0.15), (0.25, 0.55), (0.5, 0.56), (0.78, 0.55)], [(0.62, 0.3), (0.6, 0.88)]]
ELEVEN = [[(0.2, 0.2), (0.2, 0.8)], [(0.8, 0.2), (0.8, 0.8)]]


def between(points, steps=8):
    """The points with others between them, as a hand moves."""
    result = [points[0]]
    for (x, y), (u, v) in zip(points, points[1:]):
        result += [(x + (u - x) * i / steps, y + (v - y) * i / steps) for i in range(1, steps + 1)]
    return result


class PageCheck:
    def __init__(self, server, browser, screenshots, root):
        self.server, self.browser, self.screenshots = server, browser, screenshots
        self.root = root
        self.failures = []

    def expect(self, name, condition, detail=""):
        print(f"{'ok  ' if condition else 'FAIL'} page: {name} {detail}", flush=True)
        if not condition:
            self.failures.append(name)

    def answer(self):
        return self.browser.evaluate("document.getElementById('answer').textContent")

    def expect_answer(self, name, wanted):
        is_there = self.browser.wait(
            f"document.getElementById('answer').textContent === '{wanted}'")
        self.expect(name, is_there, f"'{self.answer()}'")

    def draw(self, strokes, is_touch=False):
        box = self.browser.evaluate(
            "(({left, top, width}) => [left, top, width])"
            "(document.getElementById('canvas').getBoundingClientRect())")
        for stroke in strokes:
            self.browser.drag(
                [(box[0] + x * box[2], box[1] + y * box[2]) for x, y in between(stroke)], is_touch)

    def click(self, name):
        self.browser.evaluate(f"document.getElementById('{name}').click()")

    def choose(self, method):
        self.browser.evaluate(f"""(() => {{
            const choice = document.getElementById("explain");
            choice.value = "{method}";
            choice.dispatchEvent(new Event("change"));
          }})()""")

    def shoot(self, name):
        if self.screenshots:
            self.browser.wait("false", 0.4)
            self.browser.screenshot(f"{self.screenshots}/{name}.png")

    def drop(self, path):
        with open(path, "rb") as file:
            data = base64.b64encode(file.read()).decode()
        self.browser.evaluate(f"""(() => {{
            const bytes = Uint8Array.from(atob("{data}"), (c) => c.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "{os.path.basename(path)}"));
            document.getElementById("canvas").dispatchEvent(
              new DragEvent("drop", {{ dataTransfer: transfer, bubbles: true, cancelable: true }}));
          }})()""")

    def run(self):
        browser = self.browser
        browser.show(self.server.address, 1280, 900)
        self.expect("the model", browser.wait(
            "document.getElementById('model').textContent.includes('28 × 28')"))
        self.shoot("desktop-light-empty")
        self.draw(SEVEN)
        self.expect_answer("a seven by mouse", "7")
        self.expect("ten bars or more", browser.evaluate(
            "document.getElementById('bars').rows.length") in (10, 11))
        self.expect("what the network sees", browser.wait(
            "document.getElementById('seen').naturalWidth === 28"))
        self.shoot("desktop-light")
        self.choose("gradcam")
        self.expect("Grad-CAM", browser.wait(
            "!document.getElementById('why').hidden"
            " && document.getElementById('why').naturalWidth >= 256"))
        self.shoot("desktop-light-why")
        self.click("clear")
        self.expect_answer("cleared", "–")
        self.draw(FOUR)
        self.expect_answer("a four", "4")
        self.click("undo")
        self.expect("undone", browser.wait("document.getElementById('answer').textContent !== '4'"))
        self.click("clear")
        self.choose("")
        self.draw(ELEVEN)
        self.expect_answer("two pieces", "No digit")
        self.expect("the reason", "2 large pieces" in browser.evaluate(
            "document.getElementById('reason').textContent"))
        self.shoot("desktop-light-rejected")

        browser.show(self.server.address, 1280, 900, "dark")
        self.drop(f"{self.root}/samples/drawn-4-chalk.png")
        self.expect_answer("a dropped picture", "4")
        self.choose("occlusion")
        browser.wait("!document.getElementById('why').hidden")
        self.shoot("desktop-dark")
        self.drop(f"{self.root}/README.md")
        self.expect("a dropped text", browser.wait(
            "document.getElementById('reason').textContent.includes('not a PNG or JPEG')"))
        self.shoot("desktop-dark-error")

        for scheme in ["light", "dark"]:
            browser.show(self.server.address, 390, 844, scheme, is_phone=True)
            self.draw(SEVEN, is_touch=True)
            self.expect_answer(f"a seven by finger, {scheme}", "7")
            self.expect("nothing wider than a telephone", browser.evaluate(
                "document.documentElement.scrollWidth <= 390"))
            self.shoot(f"phone-{scheme}")
        browser.show(self.server.address, 320, 640, is_phone=True)
        self.draw(FOUR, is_touch=True)
        self.expect_answer("a four on a small telephone", "4")
        self.expect("nothing wider than it", browser.evaluate(
            "document.documentElement.scrollWidth <= 320"))

        browser.show(self.server.address, 1024, 768)
        browser.key("Tab", code=9)
        self.expect("the sheet has the focus first", browser.evaluate(
            "document.activeElement.id") == "canvas")
        browser.key("ArrowLeft", 10, code=37)
        browser.key(" ", code=32)
        browser.key("ArrowRight", 18, code=39)
        for _ in range(9):
            browser.key("ArrowDown", 2, code=40)
            browser.key("ArrowLeft", code=37)
        self.shoot("keyboard")
        browser.key(" ", code=32)
        self.expect_answer("a seven by keyboard", "7")
        names = []
        for _ in range(5):
            browser.key("Tab", code=9)
            names.append(browser.evaluate("document.activeElement.id"))
        self.expect(
            "Tab reaches all", names[:4] == ["clear", "undo", "open", "explain"], f"{names}")
        browser.key("z", modifiers=2, code=90)
        self.expect_answer("Ctrl Z", "–")

        nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
        roles = {(node.get("role", {}).get("value"), node.get("name", {}).get("value"))
                 for node in nodes}
        for role, name in [("button", "Clear"), ("button", "Undo"), ("button", "Open picture…"),
                           ("application", "Sheet to draw on"), ("heading", "Answer")]:
            self.expect(f"screen readers find {name}", (role, name) in roles)
        self.expect("screen readers hear the answer", any(role == "status" for role, _ in roles))

        outside = [
            event["params"]["request"]["url"] for event in browser.events
            if event["method"] == "Network.requestWillBeSent"
            and not event["params"]["request"]["url"].startswith(("data:", self.server.address))]
        self.expect("nothing from elsewhere", not outside, f"{outside}")
        complaints = [
            event["params"] for event in browser.events
            if event["method"] == "Runtime.exceptionThrown"
            or event["method"] == "Log.entryAdded"
            and event["params"]["entry"]["source"] in ("security", "javascript", "violation")]
        self.expect("no errors in the browser", not complaints, f"{complaints}")
        return self.failures


def check(program, model, screenshots, root):
    if screenshots:
        os.makedirs(screenshots, exist_ok=True)
    server = clients.Server(program, model)
    browser = devtools.Browser()
    try:
        return PageCheck(server, browser, screenshots, root).run()
    finally:
        browser.close()
        server.stop()
