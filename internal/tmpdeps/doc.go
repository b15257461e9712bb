// Package tmpdeps keeps go.mod complete until each module has its home.
//
// It owns nothing, does nothing and never stays: it goes when the last module is imported where deps.txt says.
package tmpdeps
