namespace RoomWs.Server.Identity;

/// <summary>Who a connection acts as.</summary>
/// <param name="UserId">1-128 characters, none of them a control character.</param>
/// <param name="Username">What others see; the user id where nothing better is known.</param>
/// <param name="ThumbnailUrl">An absolute http or https URL.</param>
/// <param name="IsAdmin">Administrator of the server, above the roles of any room.</param>
/// <param name="ExpiresAt">When the token ends, to which <see cref="TokenClaims.Skew"/> is added; null where it does not end.</param>
internal sealed record UserIdentity(string UserId, string Username, string? ThumbnailUrl, bool IsAdmin, DateTimeOffset? ExpiresAt);
