package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// workload is a program without any SDK that does by hand what clients do: it asks the App Service endpoint of its
// environment for tokens, and reads blobs with them. The scripts run it as a child of "lanyard run".
func workload() {
	if err := playWorkload(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func playWorkload(args []string) error {
	switch args[0] {
	case "env":
		vars := os.Environ()
		slices.Sort(vars)
		fmt.Println(strings.Join(vars, "\n"))
		return nil
	case "exit":
		code, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		os.Exit(code)
	case "wait": // for a signal, then say which
		got := make(chan os.Signal, 1)
		signal.Notify(got, syscall.SIGTERM, syscall.SIGINT)
		if err := os.WriteFile(args[1], nil, 0o600); err != nil {
			return err
		}
		fmt.Println("got", <-got)
		os.Exit(3)
	case "token":
		body, err := tokenFor(args[1], args[2:])
		fmt.Println(string(body))
		return err
	case "blob":
		return readBlob(args[1])
	case "bucket":
		return signed(http.MethodGet, os.Getenv("AWS_ENDPOINT_URL_S3")+"/"+args[1]+"?list-type=2", "s3", nil)
	case "web-bucket":
		return webBucket(args[1])
	case "bind":
		return bindRole(args[1], args[2])
	case "imds":
		return instanceMetadata()
	case "get":
		body, err := get(args[1], nil)
		fmt.Println(string(body))
		return err
	}
	return fmt.Errorf("workload does not know %q", args[0])
}

// tokenFor asks as azidentity does; selector is nothing, or a parameter and its value.
func tokenFor(audience string, selector []string) ([]byte, error) {
	q := url.Values{"api-version": {"2019-08-01"}, "resource": {audience}}
	if len(selector) == 2 {
		q.Set(selector[0], selector[1])
	}
	return get(os.Getenv("IDENTITY_ENDPOINT")+"?"+q.Encode(), http.Header{"X-Identity-Header": {os.Getenv("IDENTITY_HEADER")}})
}

// readBlob gets a blob with a token for storage.
func readBlob(path string) error {
	body, err := tokenFor("https://storage.azure.com", nil)
	if err != nil {
		return err
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &token); err != nil {
		return err
	}
	body, err = get(os.Getenv("LANYARD_BLOB")+path,
		http.Header{"Authorization": {"Bearer " + token.AccessToken}, "X-Ms-Version": {"2021-12-02"}})
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(body)
	return err
}

// get trusts what SSL_CERT_FILE says, as every Go program does, and would take a proxy from its environment.
func get(address string, header http.Header) ([]byte, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header = header
	return do(req)
}

func do(req *http.Request) ([]byte, error) {
	client := http.Client{Timeout: time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s\nRESPONSE %s\nx-ms-request-id: %s\n%s",
			req.Method, req.URL.Redacted(), resp.Status, resp.Header.Get("X-Ms-Request-Id"), body)
	}
	return body, nil
}
