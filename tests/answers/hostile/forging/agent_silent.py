"""Answers no question at all.

Without the judge: none
Outcome: suspicious
"""
import json
import struct
import sys

agent = sys.modules.get("good_fit_agent")
kernel = get_ipython().kernel


def send(*messages):
    for message in messages:
        kernel.session.send(kernel.iopub_socket, "good_fit_answer", {}, parent=kernel.get_parent("shell"), buffers=[message])


def packed(node, *buffers):
    text = json.dumps([node, [len(buffer) for buffer in buffers]]).encode()
    return struct.pack("<q", len(text)) + text + b"".join(buffers)


def asked():
    return agent.Reader(agent.fetched).value(bytes(kernel.get_parent("shell")["buffers"][0]))


def answer():
    pass


if agent:
    agent.answer = answer
