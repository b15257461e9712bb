package launch

import (
	"maps"
	"slices"
	"strings"
)

// LeftOut is a workload's own setting that its process does not get.
type LeftOut struct {
	Name string
	Why  string
}

// chooserNames are variables that choose a client's credentials, and that no setting of ours replaces.
func chooserNames() []string {
	return []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
		"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
		"AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PASSWORD",
		"AZURE_USERNAME", "AZURE_PASSWORD", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_POD_IDENTITY_AUTHORITY_HOST",
		"AZURE_REGIONAL_AUTHORITY_NAME", "IDENTITY_SERVER_THUMBPRINT",
		"ARM_CLIENT_ID", "ARM_CLIENT_SECRET", "ARM_CLIENT_CERTIFICATE_PATH", "ARM_CLOUD_METADATA_URL", "ARM_ENVIRONMENT",
		"ARM_METADATA_HOSTNAME", "ARM_MSI_ENDPOINT", "ARM_OIDC_TOKEN", "ARM_OIDC_TOKEN_FILE_PATH", "ARM_TENANT_ID",
		"ARM_USE_CLI", "ARM_USE_MSI", "ARM_USE_OIDC", "GOOGLE_CREDENTIALS",
	}
}

// harmless are foreign names that a workload may set for itself: which of its identities it means, and which role it will
// ask for with a token of its own. Neither chooses a source of credentials without a variable that is dropped.
func harmless() []string { return []string{"AZURE_CLIENT_ID", "AWS_ROLE_ARN"} }

// closedPrefixes begin names that belong to clients alone; other AWS_ and AZURE_ names may be a workload's own words.
func closedPrefixes() []string {
	return []string{
		"ARM_", "MSI_", "IDENTITY_", "GOOGLE_", "LANYARD_", "AZD_", "BOTO_", "CLOUDSDK_", "GCE_", "GCLOUD_", "APPSETTING_",
		"AWS_ENDPOINT_URL", "AWS_CONTAINER_", "AWS_EC2_METADATA_", "AWS_BEARER_TOKEN_", "AZURE_KUBERNETES_",
	}
}

// loaderPrefixes and loaderNames make programs load or run something else. Who may write a workload's settings is not
// always who launches it, and the child runs with the launcher's rights on this machine.
func loaderPrefixes() []string {
	return []string{"LD_", "DYLD_", "GIT_", "XDG_", "DOTNET_", "CORECLR_", "PERL5", "RUBY"}
}

func loaderNames() []string {
	return []string{
		"PATH", "HOME", "SHELL", "TMPDIR", "BASH_ENV", "ENV", "IFS", "PS4", "SHELLOPTS", "BASHOPTS", "PROMPT_COMMAND",
		"GLIBC_TUNABLES", "GCONV_PATH", "EDITOR", "PAGER", "NODE_OPTIONS", "NODE_PATH", "PYTHONPATH", "PYTHONHOME",
		"PYTHONSTARTUP", "PYTHONBREAKPOINT", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH",
	}
}

// AppSettings chooses which of a workload's own settings its process gets, in the order of their names. Settings win over
// what is inherited and lose against what Lanyard sets itself.
func AppSettings(own map[string]string, settings []Setting) (passed []Setting, left []LeftOut) {
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if slices.Contains(settings, Setting{name, own[name]}) {
			continue // Lanyard says the same
		}
		if why := objection(name, own[name], settings); why != "" {
			left = append(left, LeftOut{name, why})
			continue
		}
		passed = append(passed, Setting{name, own[name]})
	}
	return passed, left
}

// objection says why a setting is left out; "" when it is not.
func objection(name, value string, settings []Setting) string {
	upper := strings.ToUpper(name)
	has := func(list []string) bool { return slices.Contains(list, upper) }
	begins := func(list []string) bool {
		return slices.ContainsFunc(list, func(p string) bool { return strings.HasPrefix(upper, p) })
	}
	switch {
	case !identifier(name) || strings.ContainsRune(value, 0):
		return "no environment can hold it"
	case slices.ContainsFunc(settings, func(s Setting) bool { return strings.EqualFold(s.Name, name) }):
		return "Lanyard sets it"
	case has(harmless()):
		return ""
	case has(chooserNames()), has(foreignNames()), begins(closedPrefixes()):
		return "it would lead clients to other credentials, another cloud or another trust"
	case has(loaderNames()), begins(loaderPrefixes()):
		return "it would make programs load something else"
	}
	return ""
}
