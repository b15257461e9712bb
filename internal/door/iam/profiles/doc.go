// Package profiles is the part of the IAM door that is about instance profiles: by which an EC2 instance names its role.
//
// It owns the parameters and the XML of these actions. Putting a role into a profile needs iam:PassRole on it.
// It never says what runs with a profile.
package profiles
