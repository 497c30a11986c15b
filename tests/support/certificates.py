"""Certificates of an authority that exists for one test, made by openssl."""

import subprocess

CONFIG = """
[ca]
default_ca = here
[here]
database = {folder}/index.txt
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
"""


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """Keeps everything in a folder of the test's."""

    def __init__(self, folder):
        self._folder = folder
        self.certificate, self._key = folder / "ca.pem", folder / "ca.key"
        self._config = folder / "ca.cnf"
        self._config.write_text(CONFIG.format(folder=folder))
        (folder / "index.txt").touch()
        self._self_signed("ca", self.certificate, self._key)

    def _self_signed(self, name, certificate, key, *more):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-days", 2, "-keyout", key, "-out", certificate, *more)

    def self_signed(self, name, host):
        """A certificate for a host that nobody but itself vouches for; its file and the key's."""
        certificate, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        self._self_signed(host, certificate, key, "-addext", f"subjectAltName=DNS:{host}")
        return certificate, key

    def sign(self, name, host, begin="20240101000000Z", end="20990101000000Z"):
        """A certificate for a host; its file and the key's."""
        certificate, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        request, extensions = self._folder / f"{name}.csr", self._folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName = DNS:{host}\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}",
                "-keyout", key, "-out", request)
        openssl("ca", "-batch", "-notext", "-config", self._config, "-cert", self.certificate,
                "-keyfile", self._key, "-startdate", begin, "-enddate", end, "-extfile", extensions,
                "-in", request, "-out", certificate)
        return certificate, key
