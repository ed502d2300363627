from django.contrib.admin.apps import AdminConfig


class TechnicalAdminConfig(AdminConfig):
    default_site = "lerarenkaart.accounts.admin_site.TechnicalAdmin"
