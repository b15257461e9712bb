package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Client is a real client: how it is asked for its version, and how it is had when it is missing.
type Client struct {
	Key   string // as COMPAT_WITHOUT names it
	Name  string // as the page names it
	Parts int    // how many numbers of the version the page shows; 0 is all of it, for what a lock file pins
	Ask   []string
	Get   string // the command that installs it
}

// Python is the interpreter that Debian's packages belong to.
const Python = "/usr/bin/python3"

// Boto3 is the interpreter that has AWS's SDK: Debian's where python3-boto3 is installed.
const Boto3 = "python3"

// Clients are all that the stories drive.
func Clients() []Client {
	node := func(name string) Client {
		return Client{"node", name, 0, []string{"node", "-p", "require('" + Node() + "/node_modules/" + name + "/package.json').version"},
			"apt-get install nodejs npm, then npm ci in compat/node"}
	}
	python := func(name string) Client {
		return Client{"python", name, 2, []string{Python, "-c", "import importlib.metadata as m; print(m.version('" + name + "'))"},
			"apt-get install python3-azure"}
	}
	gone := func(name string) Client {
		return Client{"go", name, 0, []string{GoClient(), "version", name}, "compat/run.sh builds it"}
	}
	aws := func(name string) Client {
		return Client{"go", name, 0, []string{AWSClient(), "version", name}, "compat/run.sh builds it"}
	}
	return []Client{
		{"az", "az", 2, []string{"az", "version", "--query", `"azure-cli"`, "-o", "tsv"}, "apt-get install azure-cli"},
		{"aws", "AWS CLI", 2, []string{"aws", "--version"}, "pip install awscli"},
		{"terraform", "terraform", 2, []string{"terraform", "version"}, "see https://developer.hashicorp.com/terraform/install"},
		{"boto3", "boto3", 2, []string{Boto3, "-c", "import boto3; print(boto3.__version__)"}, "apt-get install python3-boto3"},
		node("@aws-sdk/client-eks"), node("@aws-sdk/client-iam"), node("@aws-sdk/client-s3"), node("@aws-sdk/client-sts"),
		node("@azure/identity"), node("@azure/arm-msi"), node("@azure/storage-blob"), node("@azure/keyvault-secrets"),
		python("azure-identity"), python("azure-storage-blob"), python("azure-keyvault-secrets"),
		gone("github.com/Azure/azure-sdk-for-go/sdk/azidentity"),
		gone("github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"),
		gone("github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"),
		gone("github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources"),
		gone("github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"),
		gone("github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"),
		aws("github.com/aws/aws-sdk-go-v2/config"), aws("github.com/aws/aws-sdk-go-v2/service/eks"), aws("github.com/aws/aws-sdk-go-v2/service/iam"),
		aws("github.com/aws/aws-sdk-go-v2/service/s3"), aws("github.com/aws/aws-sdk-go-v2/service/sts"),
		{"go", "github.com/hashicorp/go-azure-sdk/sdk", 0, []string{HashiCorp(), "version"}, "compat/run.sh builds it"},
	}
}

// Node is the folder of the programs for Node.
func Node() string { return root("node") }

// PythonPrograms is the folder of the programs for Python.
func PythonPrograms() string { return root("python") }

// GoClient is the program with Go's SDKs, as compat/run.sh built it.
func GoClient() string { return os.Getenv("COMPAT_GOCLIENT") }

// AWSClient is the program with AWS's SDK for Go, as compat/run.sh built it.
func AWSClient() string { return os.Getenv("COMPAT_AWSCLIENT") }

// HashiCorp is the program with the library of HashiCorp's providers, as compat/run.sh built it.
func HashiCorp() string { return os.Getenv("COMPAT_HASHICORP") }

// root is a path in the folder compat, which lies above every package of stories.
func root(elem ...string) string {
	return filepath.Join(append([]string{os.Getenv("COMPAT_ROOT")}, elem...)...)
}

// Without tells whether clients of this key are left out on purpose.
func Without(key string) bool {
	return slices.Contains(strings.Split(os.Getenv("COMPAT_WITHOUT"), ","), key)
}

var number = regexp.MustCompile(`\d+(\.\d+)+[0-9A-Za-z.-]*`)

// Version asks the client itself.
func (c Client) Version() (string, error) {
	ask := exec.Command(c.Ask[0], c.Ask[1:]...)
	ask.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "TF_") })
	out, err := ask.Output()
	if err != nil {
		return "", fmt.Errorf("%s is missing: %w; %s, or leave it out: COMPAT_WITHOUT=%s", c.Name, err, c.Get, c.Key)
	}
	version := number.FindString(string(out))
	if version == "" {
		return "", fmt.Errorf("%s does not say its version: %q", c.Name, out)
	}
	return shortened(version, c.Parts), nil
}

// shortened keeps the first numbers of a version, so that the page does not change with a distribution's patch.
func shortened(version string, parts int) string {
	if numbers := strings.Split(version, "."); parts > 0 && len(numbers) > parts {
		return strings.Join(numbers[:parts], ".")
	}
	return version
}
