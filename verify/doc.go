// Package verify checks access tokens for anybody's Go service.
package verify
