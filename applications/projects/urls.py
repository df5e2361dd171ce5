"""Pages of projects; included with those of applications."""

from __future__ import annotations

from django.urls import path

from applications.projects.pages import detail, figures, listing, uploads

urlpatterns = [
    path("desk/projects/", listing.listed, name="projects"),
    path("desk/projects/list.csv", listing.as_csv, name="projects-csv"),
    path("desk/projects/add/", detail.add, name="project-add"),
    path("desk/projects/found/", figures.figures, name="projects-found"),
    path(
        "desk/projects/found/<int:year>/<int:month>/<slug:which>/",
        figures.of_month,
        name="projects-found-month",
    ),
    path("desk/projects/import/", uploads.upload, name="project-upload"),
    path("desk/projects/import/template.xlsx", uploads.template_file, name="project-template"),
    path("desk/projects/import/<int:pk>/", uploads.preview, name="project-import"),
    path("desk/projects/import/<int:pk>/drop/", uploads.drop, name="project-import-drop"),
    path("desk/projects/import/<int:pk>/apply/", uploads.apply, name="project-import-apply"),
    path("desk/projects/<int:pk>/", detail.project, name="project"),
    path("desk/projects/<int:pk>/turn/", detail.turn, name="project-turn"),
    path("desk/projects/<int:pk>/<slug:which>/", detail.change, name="project-change"),
]
