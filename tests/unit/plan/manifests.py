"""Apps that exist as manifests only."""

from pathlib import Path

from harness.model.app import App, Endpoint, Family, Interface, Manifest, Variant


def app_with(name: str, endpoints: tuple[str, ...], **variants: tuple[str, ...]) -> App:
    """An app with these variants, each with the names that it serves as beside its own."""
    return App(
        name=name,
        folder=Path(f"/nowhere/{name}_app"),
        python=">=3.13",
        manifest=Manifest(
            title=name.capitalize(),
            family=Family.MICRO,
            endpoints=tuple(map(Endpoint, endpoints)),
            variants={
                variant: Variant(
                    server="granian" if variant == "granian" else "uvicorn",
                    interface=Interface.ASGI,
                    command=("serve",),
                    why="It is made up.",
                    also=also,
                )
                for variant, also in variants.items()
            },
        ),
    )
