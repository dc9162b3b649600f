"""Sends a message of a hundred megabytes.

Without the judge: none
Outcome: output flood or suspicious or crashed or timed out
"""
# {AGENT}
def answer(*request):
    global asking
    asking = request
    send(bytes(100_000_000))


kernel.shell_handlers["good_fit_question"] = answer
