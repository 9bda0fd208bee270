namespace RoomWs.Server.Storage.Sqlite;

/// <summary>There is no copy of the database, for a reason that its operator can mend; the message is all they see.</summary>
#pragma warning disable RCS1194 // Without a message it would tell its reader nothing.
internal sealed class BackupException : Exception
#pragma warning restore RCS1194
{
    public BackupException(string message) : base(message)
    {
    }

    public BackupException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
