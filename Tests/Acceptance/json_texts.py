"""JSON texts for messages, right and wrong."""

import json
import re

# Values and pieces of text that are put where they may or may not belong.
TOKENS = [
    "null", "true", "false", "0", "-0", "1", "-1", "1.0", "1e2", "1E+2", "100e-2", "1.5", "0.1",
    "1e-1", "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "9007199254740993",
    "1e18", "1e19", "1e400", "0e999999999999", "01", "+1", ".5", "1.", "-", "1e", "--1", "0x10",
    "1_000", "NaN", "Infinity", "-Infinity", "tru", "nul", "None", '""', '"1"', '"-1"', '"1.0"',
    '"1e2"', '"1.5"', '" 1"', '"1 "', '"1x"', '"true"', '"null"', '"NaN"', '"9223372036854775807"',
    '"9223372036854775808"', '"2147483648"', '"SSD"', '"ssd"', '"SUCCESS"', '"ZIP"', '"OUT"',
    '"1s"', '"-1.5s"', '"0.000000001s"', '"0.0000000001s"', '"1.s"', '".5s"', '"1"', '"s"', '"-s"',
    '"1S"', '"+1s"', '"315576000000s"', '"315576000001s"', '"-315576000000.999999999s"', '"1.5 s"',
    '"-0.5s"', '"1e3s"', '"--1s"', '"2025-01-31T23:59:59Z"', '"2025-01-31T23:59:59.123456789Z"',
    '"2025-01-31T23:59:59.1234567891Z"', '"2025-01-31T23:59:59+01:30"',
    '"2025-01-31T23:59:59.5-08:00"', '"2025-01-31t23:59:59Z"', '"2025-01-31T23:59:59z"',
    '"2025-01-31 23:59:59Z"', '"2025-01-31T23:59:59"', '"2025-02-29T00:00:00Z"',
    '"2024-02-29T00:00:00Z"', '"2025-13-01T00:00:00Z"', '"2025-01-01T24:00:00Z"',
    '"2025-01-01T23:59:60Z"', '"0001-01-01T00:00:00Z"', '"0000-12-31T23:59:59Z"',
    '"0001-01-01T00:00:00+00:01"', '"9999-12-31T23:59:59.999999999Z"',
    '"9999-12-31T23:59:59-00:01"', '"2025-1-1T0:0:0Z"', '"2025-01-31T23:59:59.Z"',
    '"2025-01-31T23:59:59Z "', '"2025-01-31T23:59:59+0130"', '"2025-01-31T23:59:59+1:30"',
    '"2025-01-31T23:59:59+24:00"', '"2025-01-31"', '"YWJj"', '"YWI="', '"YWI"', '"YQ=="', '"YQ="',
    '"YQ"', '"Y"', '"-_-_"', '"+/+/"', '"+/-_"', '"Y W"', '"YWJj="', '"===="', '"YR=="', '"!"',
    '"YQ==YQ=="', '"\\ud83d\\ude42"', '"\\ud83d"', '"\\ude42"', '"\\ud83d\\ud83d"', '"\\u0041"',
    '"\\u004"', '"\\u00g1"', '"\\x41"', '"\\/"', '"\\"', '"a\tb"', '"a', "'a'", '"\x7f"',
    '"\\u0000"', "{}", "[]", "[null]", "[1]", '["a"]', '[["a"]]', "[{}]", '{"a":"b"}', '{"a":null}',
    '{"a":1}', '{"a":"b","a":"c"}', "[1,]", "[,1]", "{,}", '{"a":"b",}', "{a:1}", '{"a"}', '{"a":}',
    "[1 2]", '{"x":{"y":[1,{"z":null}]}}', "[", "{", "]", "}", "",
    '{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.5s"}',
    '{"value":"1.5s","@type":"type.googleapis.com/google.protobuf.Duration"}',
    '{"@type":"type.googleapis.com/google.protobuf.Duration"}',
    '{"@type":"google.protobuf.Timestamp","value":null}',
    '{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.5s","more":1}',
    '{"@type":"type.googleapis.com/google.protobuf.Int64Value","value":"5"}',
    '{"@type":"type.googleapis.com/google.protobuf.Int64Value","value":null}',
    '{"@type":"type.googleapis.com/google.protobuf.Empty"}',
    '{"@type":"type.googleapis.com/google.protobuf.Empty","value":{}}',
    '{"@type":"type.googleapis.com/google.protobuf.Any","value":{}}',
    '{"@type":"type.googleapis.com/google.protobuf.Any"}',
    '{"@type":"type.googleapis.com/no.such.Type"}', '{"@type":1}', '{"@type":null}', '{"@type":""}',
    '{"value":{}}', '{"@type":"a/google.rpc.ErrorInfo","reason":"r","metadata":{"b":"1","a":"2"}}',
    '{"domain":"d","@type":"a/google.rpc.ErrorInfo","reason":"r"}',
    '{"@type":"a/google.rpc.ErrorInfo","@type":"a/google.rpc.ErrorInfo"}',
]
PUNCTUATION = [
    '"', "{", "}", "[", "]", ",", ":", " ", "\n", "\t", "\\", "0", "1", "-", ".", "e", "é", "\v",
    "\u00a0", "_",
]


class Mutator:
    """Spoils texts, or changes them so that they mean the same or something near it."""

    def __init__(self, contract, random):
        self.contract = contract
        self.random = random

    def mutated(self, text, name):
        pick = self.random
        changes = [self.replace_value] * 3 + [
            self.add_member, self.rename, self.edit, self.cut, self.wrap]
        for _ in range(pick.choice([1, 1, 1, 2])):
            text = pick.choice(changes)(text, name)
        return text

    def pieces(self, text):
        return list(re.finditer(r'"(?:[^"\\]|\\.)*"|true|false|null|-?\d+', text))

    def is_key(self, text, piece):
        return text[piece.end():].lstrip().startswith(":")

    def replace_value(self, text, name):
        pieces = [p for p in self.pieces(text) if not self.is_key(text, p)]
        if not pieces:
            return self.random.choice(TOKENS)
        piece = self.random.choice(pieces)
        return text[:piece.start()] + self.random.choice(TOKENS) + text[piece.end():]

    def add_member(self, text, name):
        places = [m.end() for m in re.finditer(r"\{", text)]
        if not places:
            return text
        place = self.random.choice(places)
        field = self.random.choice(list(self.contract.types[name].DESCRIPTOR.fields) or [None])
        known = [field.json_name, field.name] * 3 if field else []
        others = ["noSuchField", "no_such_field", "", "ä", "@type", "value", "[a.b]"]
        key = self.random.choice(known + others)
        rest = text[place:].lstrip()
        comma = "" if rest.startswith("}") else ","
        member = json.dumps(key) + ":" + self.random.choice(TOKENS) + comma
        return text[:place] + member + text[place:]

    def rename(self, text, name):
        keys = [p for p in self.pieces(text) if self.is_key(text, p)]
        if not keys:
            return text
        key = self.random.choice(keys)
        old = key.group()
        snake_cased = re.sub(r"([A-Z])", lambda m: "_" + m.group().lower(), old)
        escaped = "".join(f"\\u{ord(c):04x}" for c in old[1:-1] if ord(c) < 0x10000)
        new = self.random.choice([snake_cased, f'"{escaped}"', old.upper(), '"x"', "x"])
        return text[:key.start()] + new + text[key.end():]

    def edit(self, text, name):
        place = self.random.randint(0, len(text))
        length = self.random.choice([0, 1])
        return text[:place] + self.random.choice(PUNCTUATION) + text[place + length:]

    def cut(self, text, name):
        place = self.random.randint(0, len(text))
        more = text + self.random.choice(TOKENS)
        return self.random.choice([text[:place], text[:place] + text[place + 1:], more])

    def wrap(self, text, name):
        return self.random.choice([
            f" \r\n\t{text} ", f"[{text}]", f'{{"a":{text}}}', "\ufeff" + text, text + "\0"])
