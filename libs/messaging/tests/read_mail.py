"""Says in JSON what Python's email package reads in a mail: an implementation that knows nothing of ours."""

import email
import email.header
import email.policy
import email.utils
import hashlib
import json
import pathlib
import sys

raw = pathlib.Path(sys.argv[1]).read_bytes()
mail = email.message_from_bytes(raw, policy=email.policy.default)


def defects(part):
    found = [repr(defect) for defect in part.defects]
    for name, value in part.items():
        found += [f"{name}: {defect!r}" for defect in getattr(value, "defects", [])]
    for child in part.iter_parts() if part.is_multipart() else []:
        found += defects(child)
    return found


def text(kind):
    part = mail.get_body((kind,))
    # Every line ends in CRLF ("bare_breaks" says so).
    return None if part is None else part.get_content().replace("\r\n", "\n")


# Python 3.11's newer parser keeps the space between two encoded words of a name, against RFC 2047 §6.2.
from_name, from_ = email.utils.parseaddr(email.message_from_bytes(raw)["From"])
print(json.dumps({
    "headers": {name: str(value) for name, value in mail.items()},
    "header_names": [name for name, _ in mail.items()],
    "from_name": str(email.header.make_header(email.header.decode_header(from_name))),
    "from": from_,
    "to": [address.addr_spec for address in mail["To"].addresses],
    "subject": str(mail["Subject"]),
    "date": mail["Date"].datetime.isoformat(),
    "content_type": mail.get_content_type(),
    "plain": text("plain"),
    "html": text("html"),
    "attachments": [
        {
            "name": part.get_filename(),
            "type": part.get_content_type(),
            "sha256": hashlib.sha256(part.get_content()).hexdigest(),
        }
        for part in mail.iter_attachments()
    ],
    "defects": defects(mail),
    "longest_line": max(len(line) for line in raw.split(b"\r\n")),
    "bare_breaks": raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"),
    "is_ascii": raw.isascii(),
}))
