"""Where the Swift messages' JSON differs from that of the official Python runtime, and why."""

import fractions
import json
import re

# What the official Python runtime makes of a text by accident of Python, and these types do not.
# Each entry: the Swift error, a test of the value in question and the text, and the reason. The
# value is the one at the error's line and column: every refusal is held against a rule stated here.
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
BASE64 = re.compile(r"(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?", re.ASCII)
DURATION_FORM = re.compile(r"-?[0-9]+(\.[0-9]{1,9})?s", re.ASCII)
TIME_FORM = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII)


def is_exact(number, low=-(2**63), high=2**63 - 1):
    """Whether a number is a whole one in the range, reckoned without a double."""
    exponent = re.search(r"[eE](.*)", number)
    if exponent and abs(int(exponent.group(1))) > 1000:
        return False
    value = fractions.Fraction(number)
    return value.denominator == 1 and low <= value <= high


REFUSED_HERE_ONLY = [
    ("not base64", lambda value, text: not BASE64.fullmatch(value),
     "Python skips characters that are not base64, and mends the padding"),
    ("not a duration", lambda value, text: not DURATION_FORM.fullmatch(value),
     "Python reads the seconds with int(), which takes '+1' and '1_0', and rounds to nanoseconds"),
    ("not a time", lambda value, text: not TIME_FORM.fullmatch(value),
     "Python's strptime() takes single digits, and its offsets are not checked"),
    ("not a number", lambda value, text: not NUMBER.fullmatch(value),
     "Python reads strings with int(), which takes leading zeros, '+1', '1_0' and white space"),
    ("the number is not in the range", lambda value, text: not is_exact(value),
     "Python goes through a double, which rounds the fraction away"),
    ("the number is not in the range of int32",
     lambda value, text: not is_exact(value, -(2**31), 2**31 - 1),
     "Python cuts the fraction from the number of an enum"),
    ("expected an object", lambda value, text: isinstance(value, (str, list)),
     "Python iterates over an empty list or string as if it were an object"),
    ("expected the name or number", lambda value, text: isinstance(value, bool),
     "True is a number in Python"),
    ("expected the name or number", lambda value, text: isinstance(value, float),
     "Python's parser takes NaN and Infinity, here in what is ignored"),
    ("no value of", lambda value, text: not NUMBER.fullmatch(value),
     "Python reads strings with int(), which takes leading zeros, '+1', '1_0' and white space"),
    ("there is no such field", lambda value, text: '"@type"' in text,
     "Python does not look at what an Any of a special type has besides its value"),
    ("comes twice", lambda value, text: "_" in text,
     "Python lets a field come in both of its spellings; the last wins"),
    ("expected an escaped character", lambda value, text: "\\u" in text,
     "Python does not look for unpaired surrogates in what it ignores"),
    ("expected a value", lambda value, text: "NaN" in text or "Infinity" in text,
     "Python's parser takes NaN and Infinity, here in what is ignored"),
]


def value_at(text, error):
    """The value at the place that an error names; the text from there on if that is no value."""
    place = re.match(r"line (\d+), column (\d+): ", error)
    if not place:
        return ""
    rest = text.split("\n", int(place[1]) - 1)[-1][int(place[2]) - 1:]
    try:
        return json.JSONDecoder(parse_int=str, parse_float=str).raw_decode(rest)[0]
    except ValueError:
        return rest


def known_refusal(text, error):
    """Why it is right to refuse a text that the official runtime accepts, or None."""
    value = value_at(text, error)
    for part, test, reason in REFUSED_HERE_ONLY:
        try:
            if part in error and test(value, text):
                return reason
        except (TypeError, ValueError):
            continue
    return None


def known_acceptance(text, official_error):
    """Why it is right to accept a text that the official runtime refuses, or None."""
    if "does not have extensions" in official_error:
        return "a name in brackets is an unknown field like any other, and ignored with them"
    if inexact_numbers(text):
        return "Python goes through a double, which leaves the range by rounding"
    return None


def known_value(text):
    """Why it is right to read another value than the official runtime, or None."""
    if inexact_numbers(text):
        return "Python goes through a double, which does not hold every int64"
    if any(is_python_number(m.group(1)) for m in re.finditer(r'"([^"]*)"', text)):
        return "an enum's name that is not declared, and ignored, is a number to Python's int()"
    return None


def is_python_number(text):
    """Whether int() reads a text that is not a number in JSON."""
    try:
        int(text)
    except ValueError:
        return False
    return not NUMBER.fullmatch(text)


def inexact_numbers(text):
    """Whether a text has a whole number that a double does not hold, in a double's form."""
    numbers = [m.group() for m in NUMBER.finditer(text)]
    return any(
        is_exact(n) and fractions.Fraction(n) != fractions.Fraction(float(n))
        for n in numbers if re.search("[.eE]", n))
