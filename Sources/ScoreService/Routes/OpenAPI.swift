/// The description of the service (OpenAPI 3.1), served at `/openapi.json`: written by hand, keys sorted.
enum OpenAPI {
  static let json = """
    {
      "components": {
        "responses": {
          "Problem": {
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            "description": "An error"
          }
        },
        "schemas": {
          "CustomerScores": {
            "properties": {
              "as_of": {
                "description": "The models saw only what was before it",
                "format": "date-time",
                "type": "string"
              },
              "customer_id": {"type": "string"},
              "model_versions": {
                "additionalProperties": {"type": "string"},
                "description": "Which model made the scores, by its kind",
                "type": "object"
              },
              "scored_at": {"format": "date-time", "type": "string"},
              "scores": {
                "properties": {
                  "churn_probability": {"maximum": 1, "minimum": 0, "type": "number"},
                  "lifetime_value": {"description": "Major units of the currency", "type": "number"},
                  "next_purchase_probability": {"maximum": 1, "minimum": 0, "type": "number"}
                },
                "type": "object"
              }
            },
            "required": ["customer_id", "model_versions", "scores"],
            "type": "object"
          },
          "Lookup": {
            "properties": {
              "missing": {
                "items": {"type": "string"},
                "type": "array"
              },
              "results": {
                "items": {"$ref": "#/components/schemas/CustomerScores"},
                "type": "array"
              }
            },
            "required": ["missing", "results"],
            "type": "object"
          },
          "LookupRequest": {
            "properties": {
              "customer_ids": {
                "items": {"maxLength": 128, "minLength": 1, "type": "string"},
                "maxItems": 1000,
                "type": "array"
              }
            },
            "required": ["customer_ids"],
            "type": "object"
          },
          "Problem": {
            "properties": {
              "code": {"description": "For programs", "type": "string"},
              "detail": {"description": "For people", "type": "string"},
              "status": {"type": "integer"},
              "title": {"type": "string"},
              "type": {"format": "uri-reference", "type": "string"}
            },
            "required": ["code", "detail", "status", "title", "type"],
            "type": "object"
          },
          "Status": {
            "properties": {"status": {"type": "string"}},
            "required": ["status"],
            "type": "object"
          }
        },
        "securitySchemes": {
          "bearer": {
            "bearerFormat": "JWT",
            "description": "HS256, RS256 or ES256; the claim 'scope' holds what the operation asks for.",
            "scheme": "bearer",
            "type": "http"
          }
        }
      },
      "info": {
        "description": "Scores as 'analytics-cli score' wrote them. Errors: application/problem+json (RFC 9457).",
        "license": {"identifier": "Apache-2.0", "name": "Apache-2.0"},
        "title": "Marketing analytics: scores",
        "version": "1.0.0"
      },
      "openapi": "3.1.0",
      "paths": {
        "/healthz": {
          "get": {
            "operationId": "health",
            "responses": {
              "200": {
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}},
                "description": "Alive"
              }
            },
            "security": [],
            "summary": "The process is alive; nothing else is asked."
          }
        },
        "/metrics": {
          "get": {
            "operationId": "metrics",
            "responses": {
              "200": {
                "content": {"text/plain": {"schema": {"type": "string"}}},
                "description": "Metrics"
              }
            },
            "security": [],
            "summary": "What the service counts of itself, in Prometheus's text format."
          }
        },
        "/openapi.json": {
          "get": {
            "operationId": "openapi",
            "responses": {
              "200": {
                "content": {"application/json": {"schema": {"type": "object"}}},
                "description": "OpenAPI 3.1"
              },
              "401": {"$ref": "#/components/responses/Problem"}
            },
            "security": [{"bearer": []}],
            "summary": "This document."
          }
        },
        "/readyz": {
          "get": {
            "operationId": "ready",
            "responses": {
              "200": {
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}},
                "description": "Ready"
              },
              "503": {"$ref": "#/components/responses/Problem"}
            },
            "security": [],
            "summary": "Requests may be sent here: the store answers and the service is not shutting down."
          }
        },
        "/v1/customers/{id}/scores": {
          "get": {
            "operationId": "customerScores",
            "parameters": [
              {
                "description": "The customer's id, percent-encoded; 1 to 128 bytes of UTF-8.",
                "in": "path",
                "name": "id",
                "required": true,
                "schema": {"maxLength": 128, "minLength": 1, "type": "string"}
              }
            ],
            "responses": {
              "200": {
                "content": {
                  "application/json": {
                    "example": {
                      "as_of": "2025-04-09T18:00:00.000Z",
                      "customer_id": "6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11",
                      "model_versions": {"churn": "20250410T031500Z-1c291ca3"},
                      "scored_at": "2025-04-09T21:15:07.312Z",
                      "scores": {"churn_probability": 0.15}
                    },
                    "schema": {"$ref": "#/components/schemas/CustomerScores"}
                  }
                },
                "description": "Scores"
              },
              "400": {"$ref": "#/components/responses/Problem"},
              "401": {"$ref": "#/components/responses/Problem"},
              "403": {"$ref": "#/components/responses/Problem"},
              "404": {"$ref": "#/components/responses/Problem"},
              "503": {"$ref": "#/components/responses/Problem"}
            },
            "security": [{"bearer": ["scores:read"]}],
            "summary": "The scores of one customer."
          }
        },
        "/v1/scores:lookup": {
          "post": {
            "operationId": "lookupScores",
            "requestBody": {
              "content": {
                "application/json": {
                  "example": {"customer_ids": ["6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11", "unknown"]},
                  "schema": {"$ref": "#/components/schemas/LookupRequest"}
                }
              },
              "required": true
            },
            "responses": {
              "200": {
                "content": {
                  "application/json": {
                    "example": {
                      "missing": ["unknown"],
                      "results": [
                        {
                          "as_of": "2025-04-09T18:00:00.000Z",
                          "customer_id": "6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11",
                          "model_versions": {"churn": "20250410T031500Z-1c291ca3"},
                          "scored_at": "2025-04-09T21:15:07.312Z",
                          "scores": {"churn_probability": 0.15}
                        }
                      ]
                    },
                    "schema": {"$ref": "#/components/schemas/Lookup"}
                  }
                },
                "description": "What was found and what was not; a customer asked for twice is there twice"
              },
              "400": {"$ref": "#/components/responses/Problem"},
              "401": {"$ref": "#/components/responses/Problem"},
              "403": {"$ref": "#/components/responses/Problem"},
              "413": {"$ref": "#/components/responses/Problem"},
              "422": {"$ref": "#/components/responses/Problem"},
              "503": {"$ref": "#/components/responses/Problem"}
            },
            "security": [{"bearer": ["scores:read"]}],
            "summary": "The scores of up to 1000 customers, in the order asked."
          }
        }
      },
      "servers": [{"url": "/"}]
    }

    """
}
