#include "workers/fetch/schema.hpp"

namespace squall::workers::fetch {

const char* const params_schema = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "oneOf": [
    {"$ref": "#/$defs/request"},
    {
      "type": "object",
      "properties": {
        "requests": {
          "description": "Fetched at the same time, spread over the workers. All are refused when one is malformed. The call's own timeout covers the whole list",
          "type": "array", "items": {"$ref": "#/$defs/request"}, "minItems": 1, "maxItems": 1000
        }
      },
      "required": ["requests"],
      "additionalProperties": false
    }
  ],
  "$defs": {
    "integer": {"oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]+$"}]},
    "flag": {"enum": [true, false, "true", "false"]},
    "request": {
      "type": "object",
      "properties": {
        "url": {"description": "Of http or https. User and password in it are sent as Basic authentication", "type": "string", "maxLength": 32768},
        "method": {"type": "string", "pattern": "^[A-Z-]{1,32}$", "not": {"const": "CONNECT"}, "default": "GET"},
        "headers": {
          "description": "Fields of the header; an array sends one more than once. Those that frame the message, as Content-Length, are not the client's",
          "type": "object",
          "additionalProperties": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        },
        "body": {"description": "Text. Not with GET, HEAD and TRACE, and only one of body, body_base64 and json", "type": "string"},
        "body_base64": {"description": "Bytes, in base64 with padding", "type": "string"},
        "json": {"description": "Any value; sent as application/json, exactly as it is written here"},
        "timeout_ms": {"description": "For everything: waiting for the host's turn, connecting, and redirects. A longer one than the call's own timeout has no effect", "$ref": "#/$defs/integer", "minimum": 1, "maximum": 86400000, "default": 20000},
        "connect_timeout_ms": {"description": "For the name, the connection and TLS", "$ref": "#/$defs/integer", "minimum": 1, "maximum": 86400000, "default": 20000},
        "follow_redirects": {"description": "303, and 301 and 302 after POST, are followed as GET without the body. Authorization and Cookie are not sent to another origin", "$ref": "#/$defs/flag", "default": true},
        "max_redirects": {"$ref": "#/$defs/integer", "minimum": 0, "maximum": 100, "default": 5},
        "max_body_bytes": {"description": "Of the answer's body, counted after decompression", "$ref": "#/$defs/integer", "minimum": 0, "maximum": 104857600, "default": 10485760},
        "decompress": {"description": "Ask for gzip, deflate or br, and undo it. The answer's headers stay as they came", "$ref": "#/$defs/flag", "default": true},
        "http_version": {"description": "Without it: HTTP/2 where TLS finds that the server speaks it, otherwise HTTP/1.1. 2 without TLS is HTTP/2 with prior knowledge", "enum": ["1.0", "1.1", "2"]},
        "auth": {
          "description": "Basic, or a bearer token",
          "oneOf": [
            {"type": "object", "properties": {"username": {"type": "string"}, "password": {"type": "string"}}, "required": ["username", "password"], "additionalProperties": false},
            {"type": "object", "properties": {"bearer": {"type": "string"}}, "required": ["bearer"], "additionalProperties": false}
          ]
        }
      },
      "required": ["url"],
      "additionalProperties": false
    }
  }
})json";

const char* const result_schema = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "description": "Any status is an answer. What failed is the error task_failed, whose data has the members reason (see $defs) and url",
  "oneOf": [
    {"$ref": "#/$defs/answer"},
    {
      "type": "object",
      "properties": {
        "answers": {
          "description": "One for each of the requests, in their order. In the place of one that failed stands what failed. Answers of more than 64 MiB together fail as too_large",
          "type": "array",
          "items": {"oneOf": [
            {"$ref": "#/$defs/answer"},
            {
              "type": "object",
              "properties": {
                "error": {
                  "type": "object",
                  "properties": {"reason": {"$ref": "#/$defs/reason"}, "message": {"type": "string"}, "url": {"type": "string"}},
                  "required": ["reason", "message", "url"]
                }
              },
              "required": ["error"],
              "additionalProperties": false
            }
          ]}
        }
      },
      "required": ["answers"],
      "additionalProperties": false
    }
  ],
  "$defs": {
    "reason": {"enum": ["dns", "connect", "tls", "timeout", "too_large", "too_many_redirects", "protocol", "blocked"]},
    "milliseconds": {"type": "number", "minimum": 0},
    "answer": {
      "type": "object",
      "properties": {
        "status": {"type": "integer"},
        "reason": {"description": "The phrase beside the status; empty with HTTP/2", "type": "string"},
        "headers": {
          "description": "By names in lower case. A field that came more than once has an array of its values, in their order",
          "type": "object",
          "additionalProperties": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        },
        "body": {"description": "When it is UTF-8", "type": "string"},
        "body_base64": {"description": "Otherwise", "type": "string"},
        "url": {"description": "After redirects, without user, password and fragment", "type": "string"},
        "redirects": {"description": "How many were followed", "type": "integer", "minimum": 0},
        "http_version": {"enum": ["1.0", "1.1", "2", "3"]},
        "timing": {
          "description": "Milliseconds. dns, connect and tls: how long each took for the last request, 0 on a connection that was there already. first_byte: since the last request began. total: everything",
          "type": "object",
          "properties": {
            "dns": {"$ref": "#/$defs/milliseconds"},
            "connect": {"$ref": "#/$defs/milliseconds"},
            "tls": {"$ref": "#/$defs/milliseconds"},
            "first_byte": {"$ref": "#/$defs/milliseconds"},
            "total": {"$ref": "#/$defs/milliseconds"}
          },
          "required": ["dns", "connect", "tls", "first_byte", "total"]
        }
      },
      "required": ["status", "reason", "headers", "url", "redirects", "http_version", "timing"]
    }
  }
})json";

} // namespace squall::workers::fetch
