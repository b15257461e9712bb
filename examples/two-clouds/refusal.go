package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// Refusal is an SDK's error in the SDK's own words.
type Refusal struct {
	Type      string `json:"type"`                // the error's type in the SDK
	Operation string `json:"operation,omitempty"` // what was asked, where the SDK says it
	Status    int    `json:"status,omitempty"`    // HTTP status; 0 if there was no answer
	Code      string `json:"code,omitempty"`      // the cloud's error code; the managed-identity endpoint has none
	Message   string `json:"message"`
	RequestID string `json:"requestId,omitempty"` // what to ask the cloud's people, or "lanyard explain", about
}

// idInText finds a request id that the managed-identity endpoint tells in its message, having no header for it.
var idInText = regexp.MustCompile(`request id ([0-9a-fA-F-]{36})`)

// refusalOf takes an SDK's error apart. The innermost answer wins: if a listing failed because its token did, the token's
// refusal is what is shown.
func refusalOf(err error) *Refusal {
	if e, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); ok {
		return fromIdentity(e)
	}
	if e, ok := errors.AsType[*azcore.ResponseError](err); ok {
		return fromStorage(e)
	}
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return fromAWS(err, e)
	}
	return &Refusal{Type: typeOf(err), Message: err.Error()}
}

// fromIdentity reads the managed-identity endpoint's answer: {"error", "error_description"}, or {"message"} in the form
// of App Service.
func fromIdentity(e *azidentity.AuthenticationFailedError) *Refusal {
	r := &Refusal{Type: "azidentity.AuthenticationFailedError", Operation: "GetToken", Message: e.Error()}
	if e.RawResponse == nil {
		return r
	}
	r.Status, r.RequestID = e.RawResponse.StatusCode, requestID(e.RawResponse.Header)
	var said struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Message     string `json:"message"`
	}
	if body, err := runtime.Payload(e.RawResponse); err == nil && json.Unmarshal(body, &said) == nil {
		r.Code = said.Error
		if text := said.Description + said.Message; text != "" {
			r.Message = text
		}
	}
	if found := idInText.FindStringSubmatch(r.Message); r.RequestID == "" && found != nil {
		r.RequestID = found[1]
	}
	return r
}

// fromStorage reads Blob Storage's answer; the message stands in its XML.
func fromStorage(e *azcore.ResponseError) *Refusal {
	r := &Refusal{Type: "azcore.ResponseError", Status: e.StatusCode, Code: e.ErrorCode, Message: e.Error()}
	if e.RawResponse == nil {
		return r
	}
	r.RequestID = requestID(e.RawResponse.Header)
	if e.RawResponse.Request != nil {
		r.Operation = e.RawResponse.Request.Method + " " + e.RawResponse.Request.URL.Path
	}
	var said struct{ Message string }
	if body, err := runtime.Payload(e.RawResponse); err == nil && xml.Unmarshal(body, &said) == nil && said.Message != "" {
		r.Message, _, _ = strings.Cut(said.Message, "\n") // what follows repeats the request id and the time
	}
	return r
}

// fromAWS reads an answer of STS or S3.
func fromAWS(err error, e smithy.APIError) *Refusal {
	r := &Refusal{Type: typeOf(e), Code: e.ErrorCode(), Message: e.ErrorMessage()}
	for cause := err; ; { // the innermost operation is the one that was refused
		op, ok := errors.AsType[*smithy.OperationError](cause)
		if !ok {
			break
		}
		r.Operation, cause = op.Service()+" "+op.Operation(), op.Unwrap()
	}
	if answer, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		r.Status, r.RequestID = answer.HTTPStatusCode(), answer.ServiceRequestID()
	}
	return r
}

func requestID(h http.Header) string { return h.Get("x-ms-request-id") }

// typeOf is a Go type as people write it.
func typeOf(v any) string { return strings.TrimPrefix(fmt.Sprintf("%T", v), "*") }
