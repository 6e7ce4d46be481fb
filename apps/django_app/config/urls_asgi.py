"""The URLs under ASGI."""

from contract import async_views
from contract.routes import routes

urlpatterns = routes(async_views)
