"""Addresses of the accounts as Klasse sees them, under /beheer/accounts/."""

from django.urls import path

from lerarenkaart.accounts import office_views as views

urlpatterns = [
    path("", views.index, name="office-accounts"),
    path("uitnodigen/", views.invite, name="office-account-invite"),
    path("<int:user_id>/", views.account, name="office-account"),
    path("<int:user_id>/rol/", views.change_role, name="office-account-role"),
    path("<int:user_id>/uitschakelen/", views.switch_off, name="office-account-off"),
    path("<int:user_id>/aanzetten/", views.switch_on, name="office-account-on"),
    path("<int:user_id>/tweede-stap/", views.reset_second_step, name="office-account-step"),
    path("<int:user_id>/herinneren/", views.remind, name="office-account-remind"),
    path("<int:user_id>/sleutel/", views.end_key, name="office-account-key"),
]
