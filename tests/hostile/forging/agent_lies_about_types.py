"""Sends an array that says it is larger than it is.

Without the judge: none
Outcome: suspicious
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    number, _ = asked()
    send(packed(["list", [number, ["list", ["value", ["array", "<f8", [1000000], 0]]]]], b"12345678"))


kernel.shell_handlers["good_fit_question"] = answer
