package azwire

import (
	"net/http"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// Flavour is one of the managed-identity protocols that Azure's clients speak.
type Flavour uint8

// The flavours.
const (
	// IMDS: GET /metadata/identity/oauth2/token with the header "Metadata: true".
	IMDS Flavour = iota
	// AppService: GET IDENTITY_ENDPOINT, api-version 2019-08-01, secret in X-IDENTITY-HEADER.
	AppService
	// AppServiceLegacy: GET MSI_ENDPOINT, api-version 2017-09-01, secret in the header Secret; Azure ML too.
	AppServiceLegacy
	// CloudShell: POST MSI_ENDPOINT with a form and the header "Metadata: true".
	CloudShell
	// Automation: POST IDENTITY_ENDPOINT with a form, the header "Metadata: true" and the secret in X-IDENTITY-HEADER.
	Automation
	// ServiceFabric: GET IDENTITY_ENDPOINT over TLS, api-version 2019-07-01-preview, secret in the header Secret.
	ServiceFabric
)

// String gives the flavour's name for records.
func (f Flavour) String() string {
	switch f {
	case IMDS:
		return "imds"
	case AppService:
		return "app_service"
	case AppServiceLegacy:
		return "app_service_legacy"
	case CloudShell:
		return "cloud_shell"
	case Automation:
		return "automation"
	case ServiceFabric:
		return "service_fabric"
	}
	return "unknown"
}

// MetadataCall is what a managed-identity request looks like before anything is decoded.
type MetadataCall struct {
	Method   string
	RawQuery string
	Header   http.Header
	Body     []byte // of a POST
}

// MetadataRequest is a managed-identity request, decoded.
type MetadataRequest struct {
	Flavour  Flavour // set even when decoding fails, because the refusal is written in it
	Resource string  // the audience as asked for; a trailing slash is kept
	Selector Selector
	Secret   Secret // what the caller presented to the endpoint; empty for IMDS and CloudShell, which have none
}

// imdsVersions are the versions of the instance metadata service that have managed identity, oldest first.
func imdsVersions() []string {
	return []string{
		"2018-02-01", "2018-04-02", "2018-10-01", "2019-02-01", "2019-03-11", "2019-04-30", "2019-06-01", "2019-06-04",
		"2019-08-01", "2019-08-15", "2019-11-01", "2020-06-01", "2020-07-15", "2020-09-01", "2020-10-01", "2020-12-01",
		"2021-01-01", "2021-02-01", "2021-03-01", "2021-05-01", "2021-10-01", "2021-11-01", "2021-11-15", "2021-12-13",
		"2023-07-01", "2023-11-15", "2024-03-15", "2024-07-17", "2025-04-07",
	}
}

const (
	versionAppService = "2019-08-01"
	versionLegacy     = "2017-09-01"
	versionFabric     = "2019-07-01-preview"
)

// DecodeIMDS decodes a request to the instance metadata path.
func DecodeIMDS(c MetadataCall) (MetadataRequest, error) {
	r := MetadataRequest{Flavour: IMDS}
	if err := checkOrigin(c.Header); err != nil {
		return r, err
	}
	if err := checkMetadataHeader(c.Header); err != nil {
		return r, err
	}
	if c.Method != http.MethodGet {
		return r, badMethod(http.MethodGet)
	}
	f, err := metadataForm(c.RawQuery)
	if err != nil {
		return r, err
	}
	if !slices.Contains(imdsVersions(), f["api-version"]) {
		return r, badVersion(f, "one of "+strings.Join(imdsVersions(), ", "))
	}
	err = r.decode(f)
	return r, err
}

// DecodeEndpoint decodes a request to the one URL that IDENTITY_ENDPOINT and MSI_ENDPOINT name. The method and the
// version tell the flavour; a secret is handed on in the result and must still be compared.
func DecodeEndpoint(c MetadataCall) (MetadataRequest, error) {
	r := MetadataRequest{Flavour: AppService}
	if c.Method == http.MethodPost {
		r.Flavour = CloudShell
	}
	f, unreadable := metadataForm(c.RawQuery)
	version := f["api-version"]
	if r.Flavour == AppService && version == versionLegacy {
		r.Flavour = AppServiceLegacy
	}
	if err := checkOrigin(c.Header); err != nil {
		return r, err
	}
	switch c.Method {
	case http.MethodPost:
		err := r.decodeCloudShell(c)
		return r, err
	case http.MethodGet:
	default:
		return r, badMethod("GET or POST")
	}
	// The secret comes before everything that would tell a stranger more than that there is a secret.
	var err error
	if r.Secret, err = secretHeader(c.Header, r.Flavour); err != nil {
		return r, err
	}
	if unreadable != nil {
		return r, unreadable
	}
	if version != versionAppService && version != versionLegacy {
		return r, badVersion(f, versionAppService+" or "+versionLegacy)
	}
	err = r.decode(f)
	return r, err
}

// DecodeAutomation decodes a POST to the URL that IDENTITY_ENDPOINT names, as runbooks of an automation account send it: the
// form of Cloud Shell, proved with the header of App Service.
func DecodeAutomation(c MetadataCall) (MetadataRequest, error) {
	r := MetadataRequest{Flavour: Automation}
	if err := checkOrigin(c.Header); err != nil {
		return r, err
	}
	if c.Method != http.MethodPost {
		return r, badMethod(http.MethodPost)
	}
	var err error
	if r.Secret, err = secretHeader(c.Header, r.Flavour); err != nil {
		return r, err
	}
	err = r.decodeCloudShell(c)
	return r, err
}

// DecodeServiceFabric decodes a request to the URL that IDENTITY_ENDPOINT names beside IDENTITY_SERVER_THUMBPRINT. No
// identity can be selected: an application of Service Fabric has one, and clients refuse to ask for another.
func DecodeServiceFabric(c MetadataCall) (MetadataRequest, error) {
	r := MetadataRequest{Flavour: ServiceFabric}
	if err := checkOrigin(c.Header); err != nil {
		return r, err
	}
	if c.Method != http.MethodGet {
		return r, badMethod(http.MethodGet)
	}
	var err error
	if r.Secret, err = secretHeader(c.Header, r.Flavour); err != nil {
		return r, err
	}
	f, err := metadataForm(c.RawQuery)
	if err != nil {
		return r, err
	}
	if f["api-version"] != versionFabric {
		return r, badVersion(f, versionFabric)
	}
	if err = r.decode(f); err == nil && r.Selector.Kind != Unselected {
		err = badSelector("the parameter %s does not select an identity here", r.Selector.Param)
	}
	return r, err
}

// decodeCloudShell reads the POST form, which has no version. Parameters in the query do not count; one that would mean
// something in the form is refused, so that nobody believes it did.
func (r *MetadataRequest) decodeCloudShell(c MetadataCall) error {
	if err := checkMetadataHeader(c.Header); err != nil {
		return err
	}
	if len(c.Header["Content-Type"]) != 1 || !isForm(c.Header.Get("Content-Type")) {
		return badParameters("the content type is not application/x-www-form-urlencoded")
	}
	query, err := metadataForm(c.RawQuery)
	if err != nil {
		return err
	}
	for param := range query {
		if _, selects := selectorNamed(param); selects || strings.EqualFold(param, "resource") {
			return badParameters("the parameters of a POST belong into its form")
		}
	}
	f, err := metadataForm(string(c.Body))
	if err != nil {
		return err
	}
	return r.decode(f)
}

// decode reads what all flavours have: resource and selector.
func (r *MetadataRequest) decode(f form) (err error) {
	if r.Resource = f["resource"]; !audience(r.Resource) {
		return fault.New(fault.Invalid, ReasonMetadataResource, "the parameter resource is missing or not well formed")
	}
	r.Selector, err = selector(r.Flavour, f)
	return err
}

func metadataForm(raw string) (form, error) {
	f, why := parseForm(raw, metadataLimits())
	if why != "" {
		return nil, badParameters(why)
	}
	for param := range f { // beside the parameter itself it would be passed over, and somebody meant it (threats M14, P06)
		for _, known := range []string{"resource", "api-version"} {
			if param != known && strings.EqualFold(param, known) {
				return nil, badParameters("a parameter is spelled " + known)
			}
		}
	}
	return f, nil
}

// checkMetadataHeader wants "Metadata: true", which a browser cannot be made to send (threat M01).
func checkMetadataHeader(h http.Header) error {
	if v := h["Metadata"]; len(v) != 1 || !strings.EqualFold(v[0], "true") {
		return fault.New(fault.Invalid, ReasonMetadataHeader, "the header Metadata: true is required")
	}
	return nil
}

// checkOrigin refuses what a proxy forwarded (threat M02).
func checkOrigin(h http.Header) error {
	for key := range h {
		switch strings.ToLower(strings.ReplaceAll(key, "_", "-")) {
		case "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via":
			return fault.New(fault.Invalid, ReasonMetadataForwarded,
				"forwarded requests are not answered: the header %s is there", key)
		}
	}
	return nil
}

// secretHeader gives the one value of the flavour's secret header (threat M10).
func secretHeader(h http.Header, flavour Flavour) (Secret, error) {
	header := "X-Identity-Header"
	if flavour == AppServiceLegacy || flavour == ServiceFabric {
		header = "Secret"
	}
	if v := h[header]; len(v) == 1 && v[0] != "" {
		return Secret(v[0]), nil
	}
	return "", fault.New(fault.Unauthenticated, ReasonMetadataSecret, "the header %s is required, once", header)
}

// audience tells whether s can be an audience: 1 to 2,048 characters without spaces and control characters.
func audience(s string) bool {
	return s != "" && len(s) <= 2048 && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) < 0
}

func badMethod(want string) error {
	return fault.New(fault.Invalid, ReasonMetadataMethod, "the method must be %s", want)
}

func badVersion(f form, want string) error {
	return fault.New(fault.Invalid, ReasonMetadataVersion, "api-version %.32q is not served: want %s", f["api-version"], want)
}

func badParameters(why string) error {
	return fault.New(fault.Invalid, ReasonMetadataParameters, "%s", why)
}
