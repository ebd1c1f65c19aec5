"""docker, logged in to a registry of the emulator."""


def log_docker_in(registry: str, password: str) -> None:
    """Log docker in with the user name ``AWS``. Raises: CalledProcessError, FileNotFoundError."""
    import subprocess  # noqa: PLC0415 - loaded when needed

    command = ("docker", "login", "--username", "AWS", "--password-stdin", registry)
    subprocess.run(command, input=password.encode(), check=True, capture_output=True)  # noqa: S603
