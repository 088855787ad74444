from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "wenguo.channels"
    default_auto_field = "django.db.models.BigAutoField"
