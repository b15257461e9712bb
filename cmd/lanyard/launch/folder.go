package launch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What lies in a folder of client configuration.
const (
	awsConfigFile      = "aws-config"
	awsCredentialsFile = "aws-credentials"
	botoFile           = "boto"
	googleFile         = "google-none.json"
	azureFolder        = "azure"
	azdFolder          = "azd"
	gcloudFolder       = "gcloud"
)

// noGoogle is a credentials file of no type, so that Google's clients stop at it with an error that says why.
const noGoogle = `{"type": "none: Lanyard keeps this process away from Google Cloud"}` + "\n"

// Furnish fills a folder with the private configuration of all clients, so that nothing of the user's own is read.
// Process is the command that prints AWS credentials, or empty. The folder is made with rights for this user alone.
func Furnish(folder string, f Facts, process []string) error {
	for _, sub := range []string{"", azureFolder, azdFolder, gcloudFolder} {
		if err := os.MkdirAll(filepath.Join(folder, sub), 0o700); err != nil {
			return fmt.Errorf("make the clients' folder: %w", err)
		}
	}
	if err := os.Chmod(folder, 0o700); err != nil { //nolint:gosec // a folder needs the x bit
		return fmt.Errorf("close the clients' folder: %w", err)
	}
	config, err := awsConfig(f, process)
	if err != nil {
		return err
	}
	roleToken := "" // what an earlier env may have left there proves nothing to anybody
	if AWSWorkload(f.Launch.As) {
		roleToken = f.Launch.Secret
	}
	for name, text := range map[string]string{
		roleTokenFile: roleToken,
		awsConfigFile: config, awsCredentialsFile: "", botoFile: "", googleFile: noGoogle,
		filepath.Join(azureFolder, "config"):        azureConfig,
		filepath.Join(azureFolder, "clouds.config"): azureClouds(f),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			return fmt.Errorf("write a client's configuration: %w", err)
		}
	}
	return nil
}

// errUnquotable says why a credential process cannot be written down.
var errUnquotable = errors.New("a line break in a path cannot stand in an AWS configuration file")

// awsConfig is the default profile: the region, and where the launch has AWS credentials the process that prints them,
// so that every SDK fetches new ones before they end.
func awsConfig(f Facts, process []string) (string, error) {
	var b strings.Builder
	b.WriteString("[default]\n")
	if f.Status.Region != "" {
		fmt.Fprintf(&b, "region = %s\n", f.Status.Region)
	}
	if len(process) == 0 {
		return b.String(), nil
	}
	var words []string
	for _, word := range process {
		if strings.ContainsAny(word, "\r\n\x00") {
			return "", errUnquotable
		}
		words = append(words, Quote(word))
	}
	fmt.Fprintf(&b, "credential_process = %s\n", strings.Join(words, " "))
	return b.String(), nil
}

// Quote writes a word so that a POSIX shell, and botocore's reading of one, takes it as it is.
func Quote(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("_-./:@,+=", c)
	}
	if word != "" && strings.IndexFunc(word, func(c rune) bool { return !plain(c) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// azureCloud is what az calls us. It must not be AzureCloud, whose addresses az replaces by the real ones.
const azureCloud = "Lanyard"

const azureConfig = "[cloud]\nname = " + azureCloud + "\n\n[core]\ncollect_telemetry = false\ninstance_discovery = false\n" +
	"only_show_errors = false\n"

// azureClouds describes our cloud to az, so that none of its commands goes to a real one. Its authority ends in /adfs,
// which makes az believe it without asking Microsoft; the audiences are Azure's own, as Lanyard registers them.
func azureClouds(f Facts) string {
	entra := f.Status.URLs["entra"]
	arm := f.Status.URLs["arm"]
	if arm == "" {
		arm = entra // nothing answers there, and nobody else is asked
	}
	graph := f.Status.URLs["graph"]
	if graph == "" {
		graph = entra
	}
	storage, found := strings.CutPrefix(f.Status.URLs["storage"], "https://")
	if !found {
		storage = "storage.lanyard.invalid" // an account's name alone leads nowhere
	}
	var b strings.Builder
	fmt.Fprintf(&b, "[%s]\nprofile = latest\n", azureCloud)
	for _, line := range [][2]string{
		{"endpoint_management", arm},
		{"endpoint_resource_manager", arm},
		{"endpoint_active_directory", entra + "/adfs"},
		{"endpoint_active_directory_resource_id", "https://management.core.windows.net/"},
		{"endpoint_active_directory_graph_resource_id", graph + "/"},
		{"endpoint_microsoft_graph_resource_id", graph + "/"},
		{"endpoint_gallery", arm},
		{"suffix_storage_endpoint", storage},
		{"suffix_keyvault_dns", ".vault.lanyard.invalid"},
	} {
		fmt.Fprintf(&b, "%s = %s\n", line[0], line[1])
	}
	return b.String()
}
