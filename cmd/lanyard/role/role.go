package role

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

const (
	patience  = 10 * time.Second // clients wait for a minute
	maxToken  = 4 << 10
	maxAnswer = 64 << 10
)

// Answer is what the container endpoint gives.
type Answer struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:"SecretAccessKey"` //nolint:gosec // the field's name on the wire
	Token           string `json:"Token"`
	Expiration      string `json:"Expiration"`
	AccountID       string `json:"AccountId"`
	RoleARN         string `json:"RoleArn"`
}

// Printed is what a credential_process prints.
type Printed struct {
	Version         int    `json:"Version"` // always 1
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:"SecretAccessKey"` //nolint:gosec // the field's name on the wire
	SessionToken    string `json:"SessionToken"`
	Expiration      string `json:"Expiration"`
	AccountID       string `json:"AccountId"`
}

// Command makes the verb. People use run and env with --flavour process, which write it into the AWS configuration.
func Command() *cobra.Command {
	var endpoint, file string
	cmd := &cobra.Command{
		Use:     "credentials [--endpoint URL] [--token-file FILE]",
		Short:   "Print the credentials of an AWS workload's role as a credential_process does",
		Example: "  lanyard run --as arn:aws:lambda:us-east-2:123456789012:function:shop -- lanyard credentials",
		Hidden:  true,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := Fetch(cmd.Context(), endpoint, file)
			if err != nil {
				return err
			}
			return screen.JSON(cmd.OutOrStdout(), Printed{
				Version: 1, AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey, SessionToken: a.Token,
				Expiration: a.Expiration, AccountID: a.AccountID,
			})
		},
	}
	cmd.Flags().StringVar(&endpoint, "endpoint", os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"), "container endpoint")
	cmd.Flags().StringVar(&file, "token-file", os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"), "file with the launch's secret")
	return cmd
}

// Fetch asks the endpoint with the secret that is in the file.
func Fetch(ctx context.Context, endpoint, file string) (Answer, error) {
	if endpoint == "" || file == "" {
		return Answer{}, errors.New("this is for processes that run as an AWS workload: say --endpoint and --token-file")
	}
	if err := onThisMachine(endpoint); err != nil {
		return Answer{}, err
	}
	token, err := os.ReadFile(file) //nolint:gosec // the user's own word for it
	if err != nil {
		return Answer{}, fmt.Errorf("read the launch's secret: %w", err)
	}
	if len(token) == 0 || len(token) > maxToken {
		return Answer{}, fmt.Errorf("%s holds no launch's secret", file)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint, nil)
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Authorization", string(token))
	client := &http.Client{
		Transport:     &http.Transport{}, // without a proxy
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("ask for credentials: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	return read(res)
}

// onThisMachine refuses whatever is not plain HTTP on loopback: the secret is for this machine's server.
func onThisMachine(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err == nil {
		addr, bad := netip.ParseAddr(u.Hostname())
		if bad == nil && addr.IsLoopback() && u.Scheme == "http" && u.User == nil {
			return nil
		}
	}
	return errors.New("the endpoint is plain HTTP on a loopback address")
}

// read reads the answer, or what the refusal says.
func read(res *http.Response) (a Answer, err error) {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return a, fmt.Errorf("read credentials: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		var refusal struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		}
		if json.Unmarshal(body, &refusal) != nil || refusal.Message == "" {
			return a, fmt.Errorf("there are no credentials: the endpoint answers %s", res.Status)
		}
		return a, fmt.Errorf("there are no credentials: %s", refusal.Message)
	}
	if err := strictjson.Decode(body, strictjson.Limits{Bytes: maxAnswer}, &a); err != nil {
		return a, fmt.Errorf("read credentials: %w", err)
	}
	if a.AccessKeyID == "" || a.SecretAccessKey == "" || a.Token == "" || a.Expiration == "" {
		return Answer{}, errors.New("the answer has no credentials")
	}
	return a, nil
}
