"""What the attacks named agent_* begin with: the means to answer the judge in the place of the agent."""

import json
import struct

kernel = get_ipython().kernel
honest = kernel.shell_handlers.get("good_fit_question")


def send(*messages):
    for message in messages:
        stream, identities, parent = asking
        kernel.session.send(stream, "good_fit_answer", {}, parent, ident=identities, buffers=[message])


def packed(node, *buffers):
    text = json.dumps([node, [len(buffer) for buffer in buffers]]).encode()
    return struct.pack("<q", len(text)) + text + b"".join(buffers)


def asked():
    tools = honest.__globals__
    return tools["Reader"](tools["fetched"]).value(bytes(asking[2]["buffers"][0]))
