"""The URLs under WSGI."""

from contract import views
from contract.routes import routes

urlpatterns = routes(views)
