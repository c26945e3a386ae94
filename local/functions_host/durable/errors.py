"""Refusals of the engine, each with the gRPC status and the HTTP status that production answers with."""

import grpc


class DurableError(Exception):
    """A refused request. The text is for the caller."""

    code = grpc.StatusCode.UNKNOWN
    http_status = 500


class NotFoundError(DurableError):
    code = grpc.StatusCode.NOT_FOUND
    http_status = 404


class AlreadyExistsError(DurableError):
    code = grpc.StatusCode.ALREADY_EXISTS
    http_status = 409


class FinishedError(DurableError):
    code = grpc.StatusCode.FAILED_PRECONDITION
    http_status = 410


class InvalidError(DurableError):
    code = grpc.StatusCode.INVALID_ARGUMENT
    http_status = 400


class TooLargeError(DurableError):
    code = grpc.StatusCode.RESOURCE_EXHAUSTED
    http_status = 413
