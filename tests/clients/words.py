"""How each client is told to log in, to push an image and to pull one, and how it says that there is none."""

from dataclasses import dataclass

from tests.clients.programs import Program

EXTRA = ("crane", "oras", "regctl")  # written in Go, built when needed

LOGIN = "login --username AWS --password-stdin {registry}"
INSECURE_LOGIN = "login --tls-verify=false --username AWS --password-stdin {registry}"
LOGINS = {
    "docker": (LOGIN,),
    "podman": (INSECURE_LOGIN,),
    "skopeo": (INSECURE_LOGIN,),
    "buildah": (INSECURE_LOGIN,),
    "ctr": (),
    "crane": ("auth login --username AWS --password-stdin {registry}",),
    "oras": ("login --plain-http --username AWS --password-stdin {registry}",),
    "regctl": (
        "registry set --skip-check --tls disabled {registry}",
        "registry login --user AWS --pass-stdin {registry}",
    ),
    "helm": ("registry login --plain-http --username AWS --password-stdin {registry}",),
    "cosign": (LOGIN,),
    "notation": ("login --insecure-registry --username AWS --password-stdin {registry}",),
}


LOGOUT = "logout {registry}"
LOGOUTS = {
    **dict.fromkeys(("docker", "podman", "skopeo", "buildah", "oras"), (LOGOUT,)),
    "ctr": (),
    "crane": ("auth logout {registry}",),
    "regctl": (
        "registry set --skip-check --tls disabled {registry}",
        "registry logout {registry}",
    ),
}


def log_in(program: Program, name: str, registry: str, password: str) -> Program:
    """Log a client in; return it."""
    for line in LOGINS[name]:
        program(*line.format(registry=registry).split(), stdin=password)
    return program


TOLD = "manifest unknown: Requested image not found"  # ECR's code and text in most programs


@dataclass(frozen=True)
class Words:
    """A client's command lines; ``{layout}`` and ``{archive}`` hold the image, ``{saved}`` what came back.

    ``refusal`` is all that it says of an image that is not there: ``{reference}`` is a tag or a digest.
    """

    push: tuple[str, ...]
    pull: tuple[str, ...]
    refusal: str = f"reading manifest {{reference}} in {{repository}}: {TOLD}"


CLIENTS = {
    "docker": Words(
        push=("load --input {archive}", "push {image}", "image rm {image}"),
        pull=("pull {image}", "save --output {saved} {image}"),
        refusal=f"manifest for {{image}} not found: {TOLD}",
    ),
    "podman": Words(
        push=("load --input {archive}", "push --tls-verify=false {image}", "image rm {image}"),
        pull=("pull --tls-verify=false {image}", "save --output {saved} {image}"),
    ),
    "skopeo": Words(
        push=("copy --dest-tls-verify=false oci:{layout}:1 docker://{image}",),
        pull=("copy --src-tls-verify=false docker://{image} oci:{saved}:1",),
    ),
    "buildah": Words(
        push=(
            "pull docker-archive:{archive}",
            "push --tls-verify=false {image}",
            "rmi {image}",
        ),
        pull=("pull --tls-verify=false {image}", "push {image} oci:{saved}:1"),
    ),
    "ctr": Words(
        push=(
            "images import --snapshotter native {archive}",
            "images push --plain-http --user AWS:{password} {image}",
            "images rm --sync {image}",
        ),
        pull=(
            "images pull --snapshotter native --plain-http --user AWS:{password} {image}",
            "images export {saved} {image}",
            "images rm --sync {image}",
        ),
        # it asks by HEAD, whose answer has no body
        refusal='failed to resolve reference "{image}": {image}: not found',
    ),
    "crane": Words(
        push=("push {layout} {image}",),
        pull=("pull --format oci {image} {saved}",),
        refusal="/v2/{name}/manifests/{reference}: MANIFEST_UNKNOWN: Requested image not found",
    ),
    "oras": Words(
        push=("cp --from-oci-layout {layout}:1 --to-plain-http {image}",),
        pull=("cp --from-plain-http {image} --to-oci-layout {saved}:1",),
        # it reads no body of a 404
        refusal='Error from source registry for "{image}": {image}: not found',
    ),
    "regctl": Words(
        push=("image copy ocidir://{layout}:1 {image}",),
        pull=("image copy {image} ocidir://{saved}:1",),
        refusal="failed to get manifest {image}: request failed: not found [http 404]: "
        '{{"errors":[{{"code":"MANIFEST_UNKNOWN","message":"Requested image not found"}}]}}',
    ),
}
