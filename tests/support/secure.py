"""Gateways with TLS on their client port, and who talks to them."""

import http.client
import ssl

from scale import seconds

HOST = "localhost"  # what their certificates are for


def flags(files):
    return "--tls-cert", str(files[0]), "--tls-key", str(files[1])


def trusting(authority):
    return ssl.create_default_context(cafile=str(authority.certificate))


def https(gateway, context):
    """A connection by the name that the certificate has."""
    return http.client.HTTPSConnection(HOST, gateway.port, timeout=seconds(20), context=context)


def get(gateway, context, path="/hello"):
    connection = https(gateway, context)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
