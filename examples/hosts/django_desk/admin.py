"""The forms of this desk."""

from django.contrib import admin

from examples.hosts.django_desk.models import Comment, Ticket

admin.site.register([Ticket, Comment])
