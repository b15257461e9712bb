package launch

import (
	"slices"
	"strings"
)

// foreignPrefixes begin the names of variables that tell a cloud's clients who they are or where to go.
func foreignPrefixes() []string {
	return []string{
		"AWS_", "AZURE_", "ARM_", "MSI_", "IDENTITY_", "GOOGLE_", "LANYARD_",
		"AZD_", "BOTO_", "CLOUDSDK_", "GCE_", "GCLOUD_", "APPSETTING_",
	}
}

// foreignNames are single variables that do so, or that say whom to trust and through which proxy to go.
func foreignNames() []string {
	return []string{
		"IMDS_ENDPOINT", "DEFAULT_IDENTITY_CLIENT_ID", "NO_GCE_CHECK",
		"ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_OIDCREQUESTURI",
		"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
		"NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY", "HTTPLIB2_CA_CERTS", "NIX_SSL_CERT_FILE",
		"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
		"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "WS_PROXY", "WSS_PROXY", "SOCKS_PROXY", "NO_PROXY",
		"NODE_USE_ENV_PROXY",
	}
}

// Foreign tells whether an inherited variable is dropped. Case does not count: proxies are named in either, and Windows
// has only one.
func Foreign(name string) bool {
	upper := strings.ToUpper(name)
	return slices.Contains(foreignNames(), upper) ||
		slices.ContainsFunc(foreignPrefixes(), func(p string) bool { return strings.HasPrefix(upper, p) })
}

// Clean parts an environment into what a child may inherit and the names of what it may not.
func Clean(environ []string) (kept, dropped []string) {
	for _, variable := range environ {
		name, _, ok := strings.Cut(variable, "=")
		switch {
		case !ok || name == "": // Windows keeps its drives' folders as "=C:=..."
			kept = append(kept, variable)
		case Foreign(name):
			dropped = append(dropped, name)
		default:
			kept = append(kept, variable)
		}
	}
	return kept, dropped
}

// Unset lists what a shell that takes the settings must unset first: the foreign variables it has, and those that choose
// a client's credentials or trust and that the settings do not replace.
func Unset(environ []string, settings []Setting) []string {
	_, names := Clean(environ)
	names = append(names, chooserNames()...)
	names = append(names, foreignNames()...)
	names = slices.DeleteFunc(names, func(name string) bool {
		return !identifier(name) || slices.ContainsFunc(settings, func(s Setting) bool { return s.Name == name })
	})
	names = append(names, "http_proxy", "https_proxy", "all_proxy", "ftp_proxy")
	slices.Sort(names)
	return slices.Compact(names)
}

// identifier tells whether a shell can have a variable of this name.
func identifier(name string) bool {
	for i, c := range []byte(name) {
		letter := c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
