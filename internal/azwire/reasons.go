package azwire

import "github.com/lanyard-id/lanyard/internal/fault"

// What can be wrong with a managed-identity request.
const (
	// ReasonMetadataHeader: the header "Metadata: true" is missing, so the caller may be a forged browser request.
	ReasonMetadataHeader fault.Reason = "metadata.missing_header"
	// ReasonMetadataSecret: the secret header of the endpoint is missing, empty or given twice.
	ReasonMetadataSecret fault.Reason = "metadata.missing_secret"
	// ReasonMetadataForwarded: the request came through a proxy; whoever calls must be on this machine.
	ReasonMetadataForwarded fault.Reason = "metadata.forwarded"
	// ReasonMetadataMethod: the endpoint does not take this HTTP method.
	ReasonMetadataMethod fault.Reason = "metadata.bad_method"
	// ReasonMetadataVersion: api-version is missing or is none of those that are served.
	ReasonMetadataVersion fault.Reason = "metadata.bad_api_version"
	// ReasonMetadataResource: the parameter resource is missing or not well formed.
	ReasonMetadataResource fault.Reason = "metadata.bad_resource"
	// ReasonMetadataSelector: the identity is selected twice, in a form of another flavour, or not well formed.
	ReasonMetadataSelector fault.Reason = "metadata.bad_selector"
	// ReasonMetadataParameters: the parameters cannot be read, or one is given twice.
	ReasonMetadataParameters fault.Reason = "metadata.bad_parameters"
)

// What can be wrong with a token request.
const (
	// ReasonMalformedRequest: the token form cannot be read: content type, encoding or a repeated parameter.
	ReasonMalformedRequest fault.Reason = "entra.malformed_request"
	// ReasonMissingParameter: the token form lacks a parameter that it needs.
	ReasonMissingParameter fault.Reason = "entra.missing_parameter"
	// ReasonUnsupportedGrant: the grant type is not client_credentials.
	ReasonUnsupportedGrant fault.Reason = "entra.unsupported_grant"
	// ReasonInvalidScope: the scope does not name a resource followed by /.default.
	ReasonInvalidScope fault.Reason = "entra.invalid_scope"
	// ReasonSeveralResources: the request asks for tokens of more than one resource.
	ReasonSeveralResources fault.Reason = "entra.several_resources"
	// ReasonNoCredential: the client proves itself neither with an assertion nor with a secret.
	ReasonNoCredential fault.Reason = "entra.no_credential"
	// ReasonSeveralCredentials: the client proves itself in more than one way.
	ReasonSeveralCredentials fault.Reason = "entra.several_credentials"
)
