from django.contrib import admin

from batteries_site.models import Note

admin.site.register(Note)
