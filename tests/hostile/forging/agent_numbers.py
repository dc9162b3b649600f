"""Sends numbers that JSON does not have, and one of a million digits.

Without the judge: none
Outcome: suspicious
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    number, _ = asked()
    text = f"[[\"list\", [{number}, [\"list\", [\"value\", NaN]]]], []]".encode()
    send(struct.pack("<q", len(text)) + text)


kernel.shell_handlers["good_fit_question"] = answer
