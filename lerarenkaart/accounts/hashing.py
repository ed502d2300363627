"""How passwords are kept: Argon2id, with values that let 350 desks open at nine without the public standing in line.

Django's own values take 219 ms of processor time and 100 MiB for each login; a hundred people who log in together
(or say they do) then hold up the lookups of everyone. These take 47 ms and 46 MiB, and are the first of the choices
that ASVS 5.0 (appendix C) and OWASP allow. What was hashed with other values is hashed anew when its owner logs in.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id: one pass over 46 MiB (`memory_cost` counts in KiB), one thread."""

    time_cost = 1
    memory_cost = 47_104
    parallelism = 1
