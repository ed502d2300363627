"""The addresses under /account/: of allauth's only those we use. Its names stay, since allauth looks them up itself."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.urls import path

from lerarenkaart.accounts import views

ACM_IDM = {"provider_id": "acm-idm"}
urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("uitgeschakeld/", account.account_inactive, name="account_inactive"),
    path("bevestigen/", account.reauthenticate, name="account_reauthenticate"),
    path("wachtwoord/", account.password_change, name="account_change_password"),
    path("wachtwoord/kiezen/", account.password_set, name="account_set_password"),
    path("wachtwoord/vergeten/", account.password_reset, name="account_reset_password"),
    path("wachtwoord/vergeten/verstuurd/", account.password_reset_done, name="account_reset_password_done"),
    path("wachtwoord/nieuw/<str:uidb36>/<str:key>/", views.password_link, name="account_reset_password_from_key"),
    path("wachtwoord/klaar/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    # Nobody signs up, and the address is the account: allauth's own pages for both lead here.
    path("uitnodiging/", views.by_invitation, name="account_signup"),
    path("e-mailadres/", views.by_invitation, name="account_email"),
    path("acm-idm/nieuw/", views.by_invitation, name="socialaccount_signup"),
    path("toestellen/", views.logged_in_devices, name="account_devices"),
    path("twee-stappen/", mfa.index, name="mfa_index"),
    path("twee-stappen/code/", mfa.authenticate, name="mfa_authenticate"),
    path("twee-stappen/bevestigen/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("twee-stappen/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("twee-stappen/app/uit/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("twee-stappen/herstelcodes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "twee-stappen/herstelcodes/nieuw/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("twee-stappen/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("twee-stappen/passkeys/nieuw/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("twee-stappen/passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("twee-stappen/passkeys/bevestigen/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("twee-stappen/passkeys/<int:pk>/naam/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("twee-stappen/passkeys/<int:pk>/weg/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("acm-idm/login/", views.acm_idm_login, ACM_IDM, name="openid_connect_login"),
    path("acm-idm/terug/", views.acm_idm_back, ACM_IDM, name="openid_connect_callback"),
    path("acm-idm/afgebroken/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("acm-idm/fout/", social.login_error, name="socialaccount_login_error"),
]
