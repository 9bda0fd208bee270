namespace RoomWs.Server.Identity;

/// <summary>The user that a connection acts for.</summary>
/// <param name="UserId">As <see cref="ProfileRules.IsUserId"/> wants it.</param>
/// <param name="Username">The name that others see; the user id if there is no valid name.</param>
/// <param name="ThumbnailUrl">An absolute http or https URL, if any.</param>
/// <param name="IsAdmin">An administrator of the server, to whom ROOM_LIST shows all rooms. It gives no rights in a room.</param>
/// <param name="ExpiresAt">The token's exp, without <see cref="TokenClaims.Skew"/>; null if the token does not expire.</param>
internal sealed record UserIdentity(string UserId, string Username, string? ThumbnailUrl, bool IsAdmin, DateTimeOffset? ExpiresAt);
