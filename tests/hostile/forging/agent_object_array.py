"""Sends an array of pointers.

Without the judge: none
Outcome: suspicious
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    number, _ = asked()
    send(packed(["list", [number, ["list", ["value", ["array", "|O8", [1], 0]]]]], b"12345678"))


kernel.shell_handlers["good_fit_question"] = answer
