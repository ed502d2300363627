"""The settings of the accounts that are the same everywhere: what allauth, Django and knox are told. Read by settings.py."""

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/balie/"
ACCOUNT_ADAPTER = "lerarenkaart.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_SESSION_REMEMBER = True
# Theirs count in the cache of one process; ours (lerarenkaart/accounts/login_limits.py) for all of them.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "login": "lerarenkaart.accounts.forms.LoginForm",
    "reauthenticate": "lerarenkaart.accounts.forms.ReauthenticateForm",
    "change_password": "lerarenkaart.accounts.forms.ChangePasswordForm",
    "set_password": "lerarenkaart.accounts.forms.SetPasswordForm",
    "reset_password": "lerarenkaart.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "lerarenkaart.accounts.forms.ResetPasswordKeyForm",
    "user_token": "lerarenkaart.accounts.forms.UserTokenForm",
}
# Of an invitation; who forgot a password has less (lerarenkaart/accounts/links.py).
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
# When a session was used last is in the session itself, at most once a minute; nothing is written for each page.
USERSESSIONS_TRACK_ACTIVITY = False
MFA_ADAPTER = "lerarenkaart.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody signs up: Klasse gives the address, and who has the link in the mail to it chose the password. Without
# this, allauth calls the address unproven and lets nobody who just came in by that link set up the second step.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Lerarenkaart"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "lerarenkaart.accounts.forms.AuthenticateForm",
    "reauthenticate": "lerarenkaart.accounts.forms.ReauthenticateCodeForm",
    "activate_totp": "lerarenkaart.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "lerarenkaart.accounts.forms.AddWebAuthnForm",
    "login_webauthn": "lerarenkaart.accounts.forms.LoginWebAuthnForm",
    "authenticate_webauthn": "lerarenkaart.accounts.forms.AuthenticateWebAuthnForm",
    "reauthenticate_webauthn": "lerarenkaart.accounts.forms.ReauthenticateWebAuthnForm",
    "edit_webauthn": "lerarenkaart.accounts.forms.EditWebAuthnForm",
}
SOCIALACCOUNT_ADAPTER = "lerarenkaart.accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
# A link and no form: the policy of the page (form-action) would stop a form on its way to ACM/IDM.
SOCIALACCOUNT_LOGIN_ON_GET = True
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token"}
# The words of the stylesheet, for a message of Django.
MESSAGE_TAGS = {25: "good", 30: "care", 40: "alarm"}
