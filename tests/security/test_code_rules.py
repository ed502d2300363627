"""What our own code never does, looked up in all of it: patterns and formats made of input, home-made secrets, old hashes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("distribution", "pickup_points", "lerarenkaart")
SCRIPTS = sorted((ROOT / "lerarenkaart" / "static" / "lerarenkaart").rglob("*.js"))
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
# One of two sentences in the same file, chosen by how many there are.
FORMATS_EXCUSED = {"distribution/views/desk_transfers.py: more.format"}
# Where secrets, hashes and signatures may come from; what they do is in docs/security.md.
SECRET_MAKERS = {
    "hashlib", "hmac", "secrets", "ssl", "cryptography", "jwt", "django.core.signing", "django.utils.crypto",
    "django.contrib.auth.hashers",
}  # fmt: skip
OTHER_MAKERS = re.compile(
    r"^(?:Crypto|Cryptodome|nacl|bcrypt|argon2|rsa|ecdsa|passlib|simplecrypt|OpenSSL|crypt|md5|sha)\b"
)
SCRIPT_CRYPTO = re.compile(r"crypto\.subtle\.(\w+)\(([^;]*)")


def calls() -> Iterator[tuple[str, ast.Call]]:
    for name, tree in trees():
        yield from ((name, node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def trees() -> Iterator[tuple[str, ast.Module]]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def is_fixed(node: ast.expr) -> bool:
    """A text that stands in the code: written there, a constant of the module, or put together of those."""
    if isinstance(node, ast.JoinedStr):
        return all(is_fixed(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
    if isinstance(node, ast.BinOp):
        return is_fixed(node.left) and is_fixed(node.right)
    if isinstance(node, ast.Call):
        # A pattern may take in a text as it is, and a list of our own.
        joins = isinstance(node.func, ast.Attribute) and node.func.attr == "join" and is_fixed(node.func.value)
        return ast.unparse(node.func) == "re.escape" or (joins and all(map(is_fixed, node.args)))
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return isinstance(node, ast.Constant) or CONSTANT.fullmatch(name) is not None


def made_patterns(found: Iterator[tuple[str, ast.Call]]) -> list[str]:
    taken = {
        f"re.{name}"
        for name in ("compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
    }
    return [
        f"{name}: {ast.unparse(call)[:80]}"
        for name, call in found
        if ast.unparse(call.func) in taken and not is_fixed(call.args[0])
    ]  # fmt: skip


def made_formats(found: Iterator[tuple[str, ast.Call]]) -> list[str]:
    return [
        f"{name}: {ast.unparse(call.func)}"
        for name, call in found
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"format", "format_map", "vformat"}
        and not is_fixed(call.func.value)
    ]


def planted(code: str) -> Iterator[tuple[str, ast.Call]]:
    return (("planted.py", node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))


def test_no_pattern_is_made_of_input() -> None:
    assert made_patterns(calls()) == []
    assert made_patterns(planted("re.compile(f'^{typed}$')")) != []
    assert made_patterns(planted("re.search('a' + typed, x)")) != []


def test_no_format_is_made_of_input() -> None:
    assert set(made_formats(calls())) == FORMATS_EXCUSED
    assert made_formats(planted("typed.format(user=user)")) != []


def imported() -> Iterator[tuple[str, str]]:
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((name, one.name) for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from ((name, f"{node.module}.{one.name}") for one in node.names)


def test_secrets_and_hashes_come_from_known_libraries() -> None:
    names = set(imported())
    other = [f"{file}: {name}" for file, name in names if OTHER_MAKERS.match(name)]
    ours = {maker for _, name in names for maker in SECRET_MAKERS if name == maker or name.startswith(f"{maker}.")}

    assert other == []
    assert {"hashlib", "hmac", "secrets"} <= ours


def test_chance_for_secrets_is_not_chance_for_play() -> None:
    """`random` can be foretold; only the fictitious year may use it."""
    assert {file for file, name in imported() if name.split(".")[0] == "random"} <= {
        f"lerarenkaart/fictitious/{name}.py" for name in ("hand_overs", "people", "points")
    }


# However it is spelled: hashlib's function, its name as a text, or a module of that name.
OLD_HASH = re.compile(r"\b(?:md[245]|sha1|sha_1|ripemd160|crc32|adler32)\b", re.IGNORECASE)


def test_every_hash_is_sha256_or_better() -> None:
    """crc32 and the like are no hashes of ours either: nothing is told apart by them."""
    old = [
        f"{name}: {ast.unparse(node)[:60]}"
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name | ast.alias | ast.Constant) and OLD_HASH.search(said(node))
    ]
    ours = {ast.unparse(call.func) for _, call in calls()}

    assert old == []
    assert {"hashlib.sha256", "hmac.digest", "hashlib.file_digest"} <= ours


def said(node: ast.Attribute | ast.Name | ast.alias | ast.Constant) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    return node.name if isinstance(node, ast.alias) else str(node.value)


@pytest.mark.parametrize(
    "code", ["hashlib.md5(x)", "from hashlib import sha1", "hmac.new(k, d, 'sha1')", "zlib.crc32(x)"]
)
def test_a_planted_old_hash_is_found(code: str) -> None:
    kinds = (ast.Attribute, ast.Name, ast.alias, ast.Constant)

    assert any(isinstance(node, kinds) and OLD_HASH.search(said(node)) for node in ast.walk(ast.parse(code)))


def test_scripts_seal_with_one_cipher_and_never_make_keys_of_passwords() -> None:
    used = {(name, kind) for path in SCRIPTS for name, kind in script_crypto(path.read_text(encoding="utf-8"))}

    assert used == {("digest", "SHA-256"), ("importKey", "AES-GCM"), ("encrypt", "AES-GCM"), ("decrypt", "AES-GCM")}
    assert not any("Math.random" in path.read_text(encoding="utf-8") for path in SCRIPTS)


def script_crypto(code: str) -> Iterator[tuple[str, str]]:
    for name, arguments in SCRIPT_CRYPTO.findall(code):
        yield from ((name, kind) for kind in re.findall(r'"([A-Z]+-\w+)"', arguments)[:1])


# What is written under a name that came from elsewhere can reach what every object has.
WRITES_BY_NAME = re.compile(
    r"(?<![\w.])(?!this\.#)[\w.#]+\[(?!\d|\")[^\]]+\]\s*(?:=(?!=)|\+\+|\+=)|__proto__|\.prototype\b|setPrototypeOf"
)


def test_scripts_write_nothing_under_a_name_from_elsewhere() -> None:
    """Keys that come from data go in a Map or a Set."""
    wrong = [
        f"{path.name}: {hit}" for path in SCRIPTS for hit in WRITES_BY_NAME.findall(path.read_text(encoding="utf-8"))
    ]

    assert SCRIPTS
    assert wrong == []


@pytest.mark.parametrize(
    "line", ["marks[number] = mark;", "a.b[key] += 1;", "x.__proto__ = y;", "Card.prototype.x = 1"]
)
def test_a_planted_write_by_name_is_found(line: str) -> None:
    assert WRITES_BY_NAME.search(line)
