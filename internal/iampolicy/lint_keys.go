package iampolicy

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/glob"
)

// knownKeys gives the condition keys that begin with a prefix whose keys are all known (IAM User Guide, "AWS global
// condition context keys", "IAM and AWS STS condition context keys"; Service Authorization Reference, "Amazon S3"). One
// that ends in a slash stands for all that begin so.
func knownKeys(prefix string) (names string, known bool) {
	switch prefix {
	case "aws":
		return globalKeys, true
	case "s3":
		return s3Keys, true
	case "sts":
		return stsKeys, true
	case "iam":
		return iamKeys, true
	case "saml":
		return samlKeys, true
	}
	return "", false
}

// spelled gives a key as AWS spells it, and whether it is one of its keys. Of a key with a name after the slash only the
// part before is AWS's.
func spelled(key string) (as string, ok bool) {
	prefix, rest, _ := strings.Cut(key, ":")
	names, _ := knownKeys(glob.Lower(prefix))
	for n := range strings.FieldsSeq(names) {
		switch lower := glob.Lower(n); {
		case lower == glob.Lower(rest) && !strings.HasSuffix(n, "/"):
			return glob.Lower(prefix) + ":" + n, true
		case strings.HasSuffix(n, "/") && len(rest) > len(n) && glob.Lower(rest[:len(n)]) == lower:
			return glob.Lower(prefix) + ":" + n + rest[len(n):], true
		}
	}
	return key, false
}

// noSuchKey says why no request can have the key, or nothing. Keys of services that the house has no door for are not
// known; keys of outside issuers belong to the providers that the statement names.
func (s *Statement) noSuchKey(key string) string {
	prefix, _, _ := strings.Cut(glob.Lower(key), ":")
	if _, known := knownKeys(prefix); known {
		if _, ok := spelled(key); !ok {
			return key + " is not a condition key of " + prefix
		}
		return ""
	}
	issuer := glob.Lower(key[:strings.LastIndexByte(key, ':')])
	if !strings.ContainsAny(issuer, "./:") {
		return ""
	}
	named := false
	for i := range s.principals {
		provider, oidc := s.principals[i].issuer()
		if oidc && glob.Lower(provider) == issuer {
			return ""
		}
		named = named || oidc
	}
	if named {
		return key + " is a key of no provider that the statement names"
	}
	return ""
}

// issuer gives the issuer, without its scheme, of an OIDC provider or a well-known one.
func (p *principal) issuer() (url string, ok bool) {
	switch {
	case p.form != providerForm:
		return "", false
	case wellKnownProvider(p.value):
		return p.value, true
	}
	_, url, ok = strings.Cut(p.value, ":oidc-provider/")
	return url, ok
}

const globalKeys = `AssumedRoot CalledVia CalledViaFirst CalledViaLast ChatbotSourceArn CurrentTime Ec2InstanceSourcePrivateIPv4
Ec2InstanceSourceVpc EpochTime FederatedProvider IsMcpServiceAction MultiFactorAuthAge MultiFactorAuthPresent PrincipalAccount
PrincipalArn PrincipalIsAWSService PrincipalOrgID PrincipalOrgPaths PrincipalServiceName PrincipalServiceNamesList
PrincipalTag/ PrincipalType referer RequestTag/ RequestedRegion ResourceAccount ResourceOrgID ResourceOrgPaths ResourceTag/
SecureTransport SourceAccount SourceArn SourceIdentity SourceIp SourceOrgID SourceOrgPaths SourceVpc SourceVpcArn SourceVpce
TagKeys TokenIssueTime UserAgent userid username ViaAWSService VpcSourceIp VpceAccount VpceOrgID VpceOrgPaths`

const stsKeys = `AWSServiceName DurationSeconds ExternalId IdentityTokenAudience RequestContext/ RequestContextProviders
RoleAuthorizedByIdp RoleSessionName SigningAlgorithm SourceIdentity TaskPolicyArn TransitiveTagKeys`

const iamKeys = `AssociatedResourceArn AWSServiceName DelegationDuration DelegationRequestOwner FIDO-FIPS-140-2-certification
FIDO-FIPS-140-3-certification FIDO-certification NotificationChannel OrganizationsPolicyId PassedToService PermissionsBoundary
PolicyARN RegisterSecurityKey ResourceTag/ ServiceSpecificCredentialAgeDays ServiceSpecificCredentialServiceName TemplateArn`

const samlKeys = `aud cn commonName doc eduorghomepageuri eduorgidentityauthnpolicyuri eduorglegalname eduorgsuperioruri
eduorgwhitepagesuri edupersonaffiliation edupersonassurance edupersonentitlement edupersonnickname edupersonorgdn
edupersonorgunitdn edupersonprimaryaffiliation edupersonprimaryorgunitdn edupersonprincipalname edupersonscopedaffiliation
edupersontargetedid givenName iss mail name namequalifier organizationStatus primaryGroupSID sub sub_type surname uid
x500UniqueIdentifier`

const s3Keys = `AccessGrantsInstanceArn AccessPointNetworkOrigin AccessPointTag/ authType BucketTag/ DataAccessPointAccount
DataAccessPointArn delimiter destinationRegion ExistingJobOperation ExistingJobPriority ExistingObjectTag/ if-match
if-none-match InventoryAccessibleOptionalFields isReplicationPauseRequest JobSuspendedCause locationconstraint max-keys
ObjectCreationOperation object-lock-legal-hold object-lock-mode object-lock-remaining-retention-days
object-lock-retain-until-date prefix RequestJobOperation RequestJobPriority RequestObjectTag/ RequestObjectTagKeys
ResourceAccount signatureAge signatureversion TlsVersion VersionId x-amz-acl x-amz-bucket-namespace x-amz-content-sha256
x-amz-copy-source x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp
x-amz-metadata-directive x-amz-object-ownership x-amz-server-side-encryption
x-amz-server-side-encryption-aws-kms-key-id x-amz-server-side-encryption-customer-algorithm x-amz-storage-class
x-amz-website-redirect-location`
