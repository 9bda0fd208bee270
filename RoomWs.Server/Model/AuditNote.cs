namespace RoomWs.Server.Model;

/// <summary>What the audit trail keeps of a change beside who, when and where. Ids and names of fields; never contents, codes or tokens.</summary>
/// <param name="Targets">The users whom it was done to, others than the caller.</param>
/// <param name="Detail">What it was about: a role, the names of fields, the id of an invite, a request or a board.</param>
internal sealed record AuditNote(IReadOnlyList<string>? Targets, string? Detail = null)
{
    public static readonly AuditNote None = new(Targets: null);

    public static AuditNote About(string? detail) => new(null, detail);

    public static AuditNote On(string userId, string? detail = null) => new([userId], detail);
}
