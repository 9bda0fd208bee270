using System.Diagnostics.CodeAnalysis;

namespace RoomWs.Server.Identity;

/// <summary>The result of reading a credential: an identity, or the reason for the refusal, worded for the client.</summary>
internal sealed record TokenResult
{
    private TokenResult(UserIdentity? identity, string? refusal) => (Identity, Refusal) = (identity, refusal);

    public UserIdentity? Identity { get; }

    public string? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Identity))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsAccepted => Identity is not null;

    public static TokenResult Accepted(UserIdentity identity) => new(identity, refusal: null);

    public static TokenResult Refused(string refusal) => new(identity: null, refusal);
}
