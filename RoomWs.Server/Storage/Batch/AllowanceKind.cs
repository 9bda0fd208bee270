namespace RoomWs.Server.Storage.Batch;

/// <summary>What a user may do so often in a minute, over all its connections. The names are those of the limits, and are stored.</summary>
internal enum AllowanceKind
{
    MembershipActions,
    Creates,
    Adds,
}
