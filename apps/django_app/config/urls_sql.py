"""The URLs under WSGI, on the views that send SQL of their own."""

from contract import sql_views
from contract.routes import routes

urlpatterns = routes(sql_views)
