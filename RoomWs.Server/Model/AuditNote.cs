namespace RoomWs.Server.Model;

/// <summary>
/// What a change adds to its row of the audit trail, beside user, time and room. Holds ids and names of fields; never contents, codes or tokens.
/// </summary>
/// <param name="Targets">The users that the change was done to, other than the caller. Null if there are none.</param>
/// <param name="Detail">What the change was about: a role, names of fields, or the id of an invite, a request or a board.</param>
internal sealed record AuditNote(IReadOnlyList<string>? Targets, string? Detail = null)
{
    public static readonly AuditNote None = new(Targets: null);

    public static AuditNote About(string? detail) => new(null, detail);

    public static AuditNote On(string userId, string? detail = null) => new([userId], detail);
}
